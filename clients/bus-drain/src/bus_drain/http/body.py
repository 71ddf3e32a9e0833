"""Read a WSGI request's body, never more of it than allowed."""

from typing import Any

from bus_drain.errors import Malformed, TooBig

_CHUNK = 64 * 1024


def read_body(environ: dict[str, Any], max_bytes: int) -> bytes:
    """The whole body. Blocks on the client as long as the server lets it.

    Raises TooBig before reading when Content-Length says so already, Malformed when the client
    sent less than it announced.
    """
    announced = _announced_length(environ)
    if announced is not None and announced > max_bytes:
        raise TooBig(f"The body is longer than {max_bytes} bytes")
    # Without a length there is a body only if the server marks its end (chunked encoding).
    if announced is None and not environ.get("wsgi.input_terminated"):
        return b""
    body = _read(environ["wsgi.input"], max_bytes + 1 if announced is None else announced)
    if len(body) > max_bytes:
        raise TooBig(f"The body is longer than {max_bytes} bytes")
    if announced is not None and len(body) < announced:
        raise Malformed("The body is shorter than its Content-Length")
    return body


def _announced_length(environ: dict[str, Any]) -> int | None:
    length = environ.get("CONTENT_LENGTH") or ""
    if not length:
        return None
    if not (length.isascii() and length.isdigit()):
        raise Malformed("The Content-Length is not a number")
    return int(length)


def _read(stream: Any, size: int) -> bytes:
    chunks: list[bytes] = []
    while size > 0 and (chunk := stream.read(min(size, _CHUNK))):
        chunks.append(chunk)
        size -= len(chunk)
    return b"".join(chunks)
