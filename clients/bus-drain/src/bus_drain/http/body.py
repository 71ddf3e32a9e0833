"""Read a WSGI request's body, never more of it than allowed."""

from io import BytesIO
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
    try:
        body = _read(environ["wsgi.input"], max_bytes + 1 if announced is None else announced)
    except OSError as error:  # as servers say that the rest did not come
        raise Malformed("The body ended early, or its chunks are wrong") from error
    if len(body) > max_bytes:
        raise TooBig(f"The body is longer than {max_bytes} bytes")
    if announced is not None and len(body) < announced:
        why = "" if body else "; is it read before, by a hook or another app around this one?"
        raise Malformed(f"The body is shorter than its Content-Length{why}")
    return body


def with_body(environ: dict[str, Any], body: bytes) -> dict[str, Any]:
    """A request whose body a framework has read already: what a drain reads is this body."""
    return environ | {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}


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
