"""gunicorn: a greenlet reads a request only so long.

Its worker has no such deadline; what it calls when (`handle`, `handle_request`) is its business.
"""

import contextlib
import socket
from typing import Any

import gevent
from gunicorn.http.body import EOFReader
from gunicorn.workers.ggevent import GeventWorker

from service_kit.compat.gunicorn import Bounded


class BoundedGreenlets(Bounded, GeventWorker):  # type: ignore[misc]
    """Who has not sent a request within `request_s` finds the connection closed. An answer, as a
    stream that never ends, may take as long as it likes."""

    request_s: float

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._timers: dict[Any, Any] = {}

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Handle a connection, in a greenlet."""
        self._start_timer(client)
        try:
            super().handle(listener, client, addr)
        finally:
            self._stop_timer(client)

    def handle_request(self, listener_name: Any, req: Any, sock: Any, addr: Any) -> Any:
        """Handle a request whose head is here, and then let others have their turn: who sends one
        after the other, and takes the answers, would never wait for anything."""
        if isinstance(req.body.reader, EOFReader):  # it has no body
            self._stop_timer(sock)
        answered = super().handle_request(listener_name, req, sock, addr)
        self._stop_timer(sock)
        self._start_timer(sock)
        gevent.sleep(0)
        return answered

    def _start_timer(self, client: Any) -> None:
        self._timers[client] = gevent.spawn_later(self.request_s, _end, client)

    def _stop_timer(self, client: Any) -> None:
        if (timer := self._timers.pop(client, None)) is not None:
            timer.kill(block=False)


def _end(client: Any) -> None:
    with contextlib.suppress(OSError):  # it has hung up
        client.shutdown(socket.SHUT_RD)
