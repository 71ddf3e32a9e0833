"""gunicorn: a request whose head and chunks have bounds, and whose body may end early.

What a parser asks of a request (`set_body_reader`, `parse_headers`) is its own business.
"""

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
