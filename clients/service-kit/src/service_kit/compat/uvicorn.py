"""uvicorn: a protocol that waits for a request only so long.

uvicorn has no such deadline, and what a request has come to stands in attributes of its protocol
(`cycle`, `scope`, `transport`, `loop`) that belong to nobody else.
"""

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class DeadlineProtocol(HttpToolsProtocol):
    """uvicorn's, with a timer that runs while a request is awaited.

    Who has begun a request and is late is sent `late`, bytes of a whole answer; then, as for who
    said nothing, the connection ends. Almost every request arrives in one piece, and starts no
    timer.
    """

    request_s: float
    late: bytes
    _timer: Any = None
    _is_begun = False

    def connection_made(self, transport: Any) -> None:
        """Somebody is there, and has to say something."""
        super().connection_made(transport)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """More of a request; or the rest of it, which is then being answered."""
        super().data_received(data)
        if self._is_answering():
            self._stop_timer()
        elif self._timer is None and not self.transport.is_closing():
            self._start_timer()

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self._is_begun = True

    def on_message_complete(self) -> None:
        """The last one."""
        super().on_message_complete()
        self._is_begun = False

    def _is_answering(self) -> bool:
        cycle = self.cycle
        return not self._is_begun and cycle is not None and not cycle.response_complete

    def _start_timer(self) -> None:
        self._timer = self.loop.call_later(self.request_s, self._give_up)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self._timer = None
        if self._is_begun and not self._is_being_answered():
            self.transport.write(self.late)
        self.transport.close()

    def _is_being_answered(self) -> bool:
        """Whether the request whose rest is missing has its answer all the same, or part of it."""
        cycle = self.cycle
        return cycle is not None and cycle.scope is self.scope and cycle.response_started
