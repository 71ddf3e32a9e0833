"""gunicorn: requests that are answered later without a thread that waits for it.

What a worker calls when (`wait_for_and_dispatch_events`, `load_wsgi`), how it wakes its main loop
(`method_queue`), and what an answer begins with are its own business.
"""

import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from http import HTTPStatus
from typing import Any, NamedTuple

from gunicorn import SERVER
from gunicorn.util import http_date

from service_kit.compat.gunicorn import BufferingThreads


class _Waiting(NamedTuple):
    """A request that was begun, as it came, and until when it is waited for."""

    conn: Any
    data: bytes
    until: float


class _Kept:
    """The future of a request after which its connection stays."""

    def cancelled(self) -> bool:
        return False

    def exception(self) -> None:
        return None

    def result(self) -> bool:
        return True


class AsyncThreads(BufferingThreads):
    """Asks the app's `asynchronous` part first; what that doesn't take is a thread's.

    It begins a request in the main loop, and says from whatever thread what came of it.
    """

    waits_s: float
    """How long an answer is waited for, until a thread has to say that there is none."""
    offered_by: Callable[[object], Any]
    """The part of an app that takes requests so, or None."""
    plain_request: Callable[[bytes], tuple[Any, bytes] | None]
    having_found: Callable[[Exception | None], AbstractContextManager[None]]
    """Around a request in a thread that had been begun without."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._asynchronous: Any = None
        self._waiting: dict[Any, _Waiting] = {}
        self._settled: deque[tuple[_Waiting, Any]] = deque()
        self._is_woken = False
        self._found: dict[Any, Exception] = {}

    def load_wsgi(self) -> None:
        """Load the app."""
        super().load_wsgi()
        # What is logged of each request is logged in its thread.
        self._asynchronous = None if self.cfg.accesslog else type(self).offered_by(self.wsgi)

    def hand_on(self, conn: Any, data: bytes) -> None:
        """A request is here."""
        if not self._is_begun(conn, data):
            super().hand_on(conn, data)

    def handle(self, conn: Any) -> Any:
        """Handle a request in a thread."""
        with type(self).having_found(self._found.pop(conn, None)):
            return super().handle(conn)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """A round of the main loop."""
        super().wait_for_and_dispatch_events(timeout)
        if self._asynchronous is not None:
            self._asynchronous.flush()

    def notify(self) -> None:
        """Say that this worker lives, in every round."""
        super().notify()
        now = time.monotonic()
        for late in [one for one in self._waiting.values() if one.until < now]:
            self._take_in(late, TimeoutError())

    def _is_begun(self, conn: Any, data: bytes) -> bool:
        if self._asynchronous is None or not self._keeps_connections():
            return False
        plain = type(self).plain_request(data)
        if plain is None:
            return False
        waiting = _Waiting(conn, data, time.monotonic() + self.waits_s)
        self._waiting[conn] = waiting
        try:
            if self._asynchronous.begin(*plain, partial(self._settle, waiting)):
                return True
        except Exception:  # the main loop is everybody's
            self.log.exception("request not begun")
        del self._waiting[conn]
        return False

    def _keeps_connections(self) -> bool:
        return bool(self.alive and self.cfg.keepalive) and (
            len(self.keepalived_conns) + len(self._waiting) < self.max_keepalived
        )

    def _settle(self, waiting: _Waiting, outcome: Any) -> None:
        """Called in any thread."""
        self._settled.append((waiting, outcome))
        if not self._is_woken:
            self._is_woken = True
            self.method_queue.defer(self._take_all_in)

    def _take_all_in(self) -> None:
        self._is_woken = False  # first: what is settled from now on wakes the loop again
        while self._settled:
            self._take_in(*self._settled.popleft())

    def _take_in(self, waiting: _Waiting, outcome: Any) -> None:
        conn = waiting.conn
        if self._waiting.get(conn) is not waiting:
            return  # it was too late
        del self._waiting[conn]
        if outcome is None or isinstance(outcome, Exception):
            if outcome is not None:
                self._found[conn] = outcome
            super().hand_on(conn, waiting.data)
        else:
            self._answer(conn, _answer(outcome.status, outcome.headers, outcome.body))

    def _answer(self, conn: Any, answer: bytes) -> None:
        try:
            sent = conn.sock.send(answer)
        except BlockingIOError:
            sent = 0
        except OSError:  # it has hung up
            self._leave(conn)
            return
        if sent == len(answer):
            self.finish_request(conn, _Kept())
        else:  # it doesn't read: a thread has the patience
            rest = self.tpool.submit(self._send_rest, conn, answer[sent:])
            rest.add_done_callback(partial(self.method_queue.defer, self.finish_request, conn))

    def _send_rest(self, conn: Any, rest: bytes) -> bool:
        with self._timed(conn):
            conn.sock.setblocking(True)
            conn.sock.sendall(rest)
        return True


def _answer(status: int, headers: Any, body: bytes) -> bytes:
    """As gunicorn would send it, and a web framework have it."""
    head = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase.upper()}",
        f"Server: {SERVER}",
        f"Date: {http_date()}",
        "Connection: keep-alive",
        *[f"{name}: {value}" for name, value in headers.items()],
        f"Content-Length: {len(body)}\r\n\r\n",
    ]
    return "\r\n".join(head).encode("latin-1") + body
