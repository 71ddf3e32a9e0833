"""werkzeug: the body of a request that a hook has read before the view.

`Request.get_data` keeps it in an attribute of its own; what reads the stream after finds nothing.
`Request.stream` knows how much of it was read, where the server's own stream would be waited at
for what has come already; that is the connection itself in the development server, which says in
the environment which socket it is.
"""

from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from werkzeug import Request


def read_before(request: "Request") -> bytes | None:
    """The whole body, where somebody has read it with `get_data` (as `get_json` does) and so kept
    it; else None."""
    kept: bytes | None = getattr(request, "_cached_data", None)
    return kept


def stream_in_use(request: "Request") -> IO[bytes] | None:
    """The stream that somebody may have read a part of; None: nobody has asked for it."""
    stream: IO[bytes] | None = vars(request).get("stream")
    return stream


def wait_no_longer_than(seconds: float, environ: dict[str, Any]) -> None:
    """Have the development server's connection end a read that waits for longer."""
    if connection := environ.get("werkzeug.socket"):
        connection.settimeout(seconds)
