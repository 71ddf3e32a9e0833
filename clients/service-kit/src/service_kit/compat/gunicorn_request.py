"""gunicorn: a request whose head and chunks have bounds, whose body may end early, and that may
have been read before.

What a parser asks of a request (`set_body_reader`, `parse_headers`) is its own business.
"""

import socket
from typing import Any

from gunicorn.http.body import Body, ChunkedReader
from gunicorn.http.errors import (
    InvalidChunkSize,
    LimitRequestHeaders,
    NoMoreData,
    ParseException,
)
from gunicorn.http.message import Request
from werkzeug.exceptions import ClientDisconnected

_MOST_CHUNKS = 30_000


class BodyCutOff(ClientDisconnected, OSError):
    """The rest of a body did not come, or is no body; in whatever framework: a 400, no 500."""


class _Body(Body):  # type: ignore[misc]
    def _read_reader(self, size: int) -> bytes:
        try:
            read: bytes = super()._read_reader(size)
        except (NoMoreData, ParseException) as error:
            raise BodyCutOff("The body ended early, or its chunks are wrong") from error
        return read


class _Chunks(ChunkedReader):  # type: ignore[misc]
    """Each chunk costs Python a while, however small it is."""

    _left = _MOST_CHUNKS

    def parse_chunk_size(self, unreader: Any, data: Any = None) -> Any:
        self._left -= 1
        if self._left < 0:
            raise InvalidChunkSize(b"too many chunks")
        return super().parse_chunk_size(unreader, data=data)


class BoundedRequest(Request):  # type: ignore[misc]
    """A request whose fields take so many bytes together, and not each; trailers too."""

    max_head_bytes: int
    body: Any

    def parse(self, unreader: Any) -> Any:
        """Read the head."""
        self.max_buffer_headers = self.max_head_bytes
        return super().parse(unreader)

    def set_body_reader(self) -> None:
        """Make what reads the body."""
        super().set_body_reader()
        is_chunked = isinstance(self.body.reader, ChunkedReader)
        self.body = _Body(_Chunks(self, self.unreader) if is_chunked else self.body.reader)

    def parse_headers(self, data: bytes, from_trailer: bool = False) -> Any:
        """Its fields."""
        if len(data) > self.max_head_bytes:
            raise LimitRequestHeaders("limit request headers size")
        return super().parse_headers(data, from_trailer)


class ReadBefore:
    """A socket that gives again what was read of it, in pieces as small as the reader asks for:
    its parser copies all that it holds for each chunk."""

    def __init__(self, sock: socket.socket, data: bytes) -> None:
        self.sock = sock
        self.left = memoryview(data)

    def recv(self, size: int) -> bytes:
        """The next bytes."""
        if not self.left:
            return self.sock.recv(size)
        piece, self.left = bytes(self.left[:size]), self.left[size:]
        return piece

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sock, name)
