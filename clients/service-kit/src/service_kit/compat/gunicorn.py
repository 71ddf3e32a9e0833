"""gunicorn: threads that read a request only so long, and the socket that a request came over.

Its threaded worker has no such deadline; what it calls when (`handle`, `notify`), what a connection
is made of, and `gunicorn.socket` in the environment are its own business.
"""

import contextlib
import socket
import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker


class DeadlineThreads(ThreadWorker):  # type: ignore[misc]
    """A thread that has read for longer than `request_s` finds the end of what it reads."""

    request_s: float

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


def peer_of(environ: dict[str, Any]) -> Any:
    """The socket that a WSGI request came over; None under a server that doesn't show it."""
    return environ.get("gunicorn.socket")
