"""gunicorn's workers of the bus: a request that doesn't arrive is not waited for any longer.

Neither server has a deadline for who connects and says nothing, or announces a body and then
sends a byte a minute: each held a connection (of a threaded server, a thread) for ever, and had
shown no token. A request has as long as a delivery: 20 s in all (docs/delivery.md D4, D15).
"""

import contextlib
import json
import socket
import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker
from service_kit.problems import Problem
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn_worker import UvicornWorker

REQUEST_S = 20.0

_LATE = Problem(408, "The request took too long", detail="It did not arrive whole in time.")


class Protocol(HttpToolsProtocol):
    """uvicorn's, with a timer that runs while a request is awaited.

    Almost every request arrives in one piece, and starts no timer.
    """

    request_s = REQUEST_S
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
            self.transport.write(_answer(_LATE))
        self.transport.close()

    def _is_being_answered(self) -> bool:
        """Whether the request whose rest is missing has its answer all the same, or part of it."""
        cycle = self.cycle
        return cycle is not None and cycle.scope is self.scope and cycle.response_started


class Loop(UvicornWorker):  # type: ignore[misc]
    """For `bus.asgi`."""

    CONFIG_KWARGS = {**UvicornWorker.CONFIG_KWARGS, "http": Protocol}


class Threads(ThreadWorker):  # type: ignore[misc]
    """For `bus.app`: a thread that has read for too long finds the end of what it reads."""

    request_s = REQUEST_S

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._since: dict[Any, float] = {}

    def handle(self, conn: Any) -> Any:
        """Handle a request on a connection, in a thread of the pool."""
        self._since[conn] = time.monotonic()
        try:
            return super().handle(conn)
        finally:
            del self._since[conn]

    def notify(self) -> None:
        """Say to the master that this worker lives: the main loop does so every second."""
        super().notify()
        late = time.monotonic() - self.request_s
        for conn, since in list(self._since.items()):
            if since < late:  # who is being answered still gets the answer
                with contextlib.suppress(OSError):  # it has hung up
                    conn.sock.shutdown(socket.SHUT_RD)


def _answer(problem: Problem) -> bytes:
    body = json.dumps(problem.document()).encode()
    head = (
        f"HTTP/1.1 {problem.status} Request Timeout\r\n"
        "Content-Type: application/problem+json\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + body
