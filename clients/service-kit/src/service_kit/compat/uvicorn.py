"""uvicorn: a protocol that waits for a request only so long, and reads only so much of its head.

uvicorn has no such bounds, and what a request has come to stands in attributes of its protocol
(`cycle`, `scope`, `headers`, `url`, `transport`, `loop`) that belong to nobody else.
"""

from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_MAX_FRAMING_BYTES = 1024 * 1024


class _TooMuch(Exception):
    """Stops the parser; the status to answer with."""


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's, with bounds on a request's head, and a timer that runs while it is awaited.

    Who has begun a request and is late is answered 408; then, as for who said nothing, the
    connection ends. Almost every request arrives in one piece, and starts no timer. Who doesn't
    take an answer that is too long for the buffers has `answer_s` to make room in them.
    """

    request_s: float
    answer_s: float
    max_fields: int
    max_line_bytes: int
    """Of the request line, and of each field."""
    max_head_bytes: int
    answer: Callable[[int], bytes]
    """The whole answer of a status."""

    _timer: Any = None
    _answer_timer: Any = None
    _is_begun = False
    _is_head_read = False
    _fields = 0
    _head_bytes = 0
    _framing_bytes = 0
    _refusal = 400

    def connection_made(self, transport: Any) -> None:
        """Somebody is there, and has to say something."""
        super().connection_made(transport)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._stop_timer()
        self._stop_answer_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """More of a request; or the rest of it, which is then being answered."""
        was_begun = self._is_begun
        super().data_received(data)
        if self._is_begun and was_begun:
            self._count(len(data))
        if self._is_answering():
            self._stop_timer()
        elif self._timer is None and not self.transport.is_closing():
            self._start_timer()

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._is_begun, self._is_head_read = True, False
        self._fields = self._head_bytes = self._framing_bytes = 0

    def on_url(self, url: bytes) -> None:
        """A piece of the request line."""
        super().on_url(url)
        if len(self.url) > self.max_line_bytes:
            self._refuse(414)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field of the head, or of the trailers, which are counted and dropped."""
        self._fields += 1
        size = len(name) + len(value) + 4
        self._head_bytes += size
        is_too_much = self._fields > self.max_fields or self._head_bytes > self.max_head_bytes
        if is_too_much or size > self.max_line_bytes:
            self._refuse(431)
        # As gunicorn does: an app that reads X_Forwarded_For could not tell it from the real one.
        if not self._is_head_read and b"_" not in name:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The end of the head."""
        self._is_head_read = True
        self._framing_bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._framing_bytes -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The last one."""
        super().on_message_complete()
        self._is_begun = False

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn says why
        """Answer what is no request, or too much of one."""
        self.transport.write(type(self).answer(self._refusal))
        self.transport.close()

    def pause_writing(self) -> None:
        """More of an answer waits than the buffers hold."""
        super().pause_writing()
        if self._answer_timer is None:
            self._answer_timer = self.loop.call_later(self.answer_s, self.transport.abort)

    def resume_writing(self) -> None:
        """The buffers have room again: each part of an answer without end has its time."""
        super().resume_writing()
        self._stop_answer_timer()

    def on_response_complete(self) -> None:
        """An answer has left, or is in the buffers."""
        self._stop_answer_timer()
        super().on_response_complete()

    def _refuse(self, status: int) -> None:
        self._refusal = status
        raise _TooMuch(status)

    def _count(self, size: int) -> None:
        """What came and is neither read head nor body: one field, or trailers, without end."""
        self._framing_bytes += size
        most = _MAX_FRAMING_BYTES if self._is_head_read else self.max_head_bytes
        if self._framing_bytes > most and not self.transport.is_closing():
            self._refusal = 431
            self.send_400_response("")

    def _is_answering(self) -> bool:
        cycle = self.cycle
        return not self._is_begun and cycle is not None and not cycle.response_complete

    def _start_timer(self) -> None:
        self._timer = self.loop.call_later(self.request_s, self._give_up)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _stop_answer_timer(self) -> None:
        if self._answer_timer is not None:
            self._answer_timer.cancel()
            self._answer_timer = None

    def _give_up(self) -> None:
        self._timer = None
        if self._is_begun and not self._is_being_answered():
            self.transport.write(type(self).answer(408))
        self.transport.close()

    def _is_being_answered(self) -> bool:
        """Whether the request whose rest is missing has its answer all the same, or part of it."""
        cycle = self.cycle
        return cycle is not None and cycle.scope is self.scope and cycle.response_started
