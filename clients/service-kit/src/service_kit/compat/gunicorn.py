"""gunicorn: workers that give a request to the app when it is whole, and answer refusals our way.

What its workers call when (`enqueue_req`, `finish_request`, `handle`, `notify`), what a connection
and a parser are made of, and `gunicorn.socket` in the environment are its own business.
"""

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.http.errors import (
    ConfigurationProblem,
    ExpectationFailed,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
)
from gunicorn.http.parser import RequestParser
from gunicorn.util import write_nonblock
from gunicorn.workers.base import Worker
from gunicorn.workers.gthread import ThreadWorker

from service_kit.compat.arriving import Arriving
from service_kit.compat.gunicorn_request import BoundedRequest, ReadBefore
from service_kit.connection_counts import ConnectionCounts

_STATUSES = {LimitRequestHeaders: 431, LimitRequestLine: 414, ExpectationFailed: 417}
_NOT_THE_CLIENTS = (ConfigurationProblem, InvalidResponseHeader, InvalidResponseHeaderName)
_LINGER_S = 2.0
_MOST_LINGERING = 500
_CHUNK_BYTES = 64 * 1024
_PROBES_AT_ONCE = 4
_LONGEST_PROBE = 256
_GIVES_WAY_S = 0.001


class Bounded(Worker):  # type: ignore[misc]
    """A worker of any kind, with a bound on the head of a request, whose refusals are ours."""

    max_head_bytes: int
    answer: Callable[[int], bytes]
    """The whole answer of a status."""

    def init_process(self) -> None:
        """Begin to work."""
        kind = type("Request", (BoundedRequest,), {"max_head_bytes": self.max_head_bytes})
        RequestParser.mesg_class = kind
        super().init_process()

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer what is no request, without repeating it."""
        if not isinstance(exc, ParseException) or isinstance(exc, _NOT_THE_CLIENTS):
            super().handle_error(req, client, addr, exc)
            return
        status = next((code for kind, code in _STATUSES.items() if isinstance(exc, kind)), 400)
        self.log.warning("refused request ip=%s status=%s", (addr or ("",))[0], status)
        with contextlib.suppress(OSError):  # it has hung up
            write_nonblock(client, type(self).answer(status))


class BufferingThreads(Bounded, ThreadWorker):  # type: ignore[misc]
    """Threads that are given a request when it has come, up to `max_held_bytes` of its body.

    So who stops in the middle holds a socket, not a thread, for `request_s` at most; who takes no
    answer holds a thread for `answer_s`. All but `handle` runs in the main loop.
    """

    request_s: float
    answer_s: float
    max_held_bytes: int
    """Of one body; of all together 32 times as much."""
    is_probe: Callable[[bytes], bool]
    """Whether a request that begins so is one that is to be answered while all threads wait."""
    place = 0
    """Which of its server's workers it is: no two that live have the same."""
    counts: ConnectionCounts | None = None
    """Of its server's workers, when it has several."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._probes = ThreadPoolExecutor(_PROBES_AT_ONCE, "probe")
        self._arriving: dict[Any, Arriving] = {}
        self._lingering: dict[Any, float] = {}
        self._since: dict[Any, float] = {}
        self._held_bytes = 0

    def init_process(self) -> None:
        """Begin to work; ends with the worker."""
        try:
            super().init_process()
        finally:
            if self.counts:
                self.counts.leave(self.place)

    def accept(self, listener: Any) -> None:
        """Take a connection that waits, unless another worker does so that has clearly fewer."""
        if self.counts and self.counts.is_ahead(self.nr_conns):
            time.sleep(_GIVES_WAY_S)
        super().accept(listener)
        self._count()

    def _count(self) -> None:
        if self.counts and self.alive:
            self.counts.note(self.place, self.nr_conns)
        elif self.counts:  # takes no more
            self.counts.leave(self.place)

    def enqueue_req(self, conn: Any) -> None:
        """Take a connection that is about to send a request, or has sent some of it."""
        if self.cfg.is_ssl:
            super().enqueue_req(conn)
            return
        conn.init()
        conn.data_ready = True
        conn.sock.setblocking(False)
        request = Arriving(self.max_head_bytes, self.max_held_bytes, time.monotonic())
        request.add(_taken_from(conn))
        self._arriving[conn] = request
        self._held_bytes += len(request.data)
        self._on_more(conn)
        if conn in self._arriving:  # most come in one piece
            request.is_watched = True
            self.poller.register(conn.sock, EVENT_READ, partial(self._on_more, conn))

    def finish_request(self, conn: Any, fs: Any) -> None:
        """Keep a connection whose request was answered, or let it go."""
        if fs.cancelled() or fs.exception() is not None or not fs.result():
            self.nr_conns -= 1
            self._linger(conn)
        else:
            conn.parser.unreader.unread(_taken_from(conn))  # it looks there for the next request
            super().finish_request(conn, fs)

    def handle(self, conn: Any) -> Any:
        """Handle a request on a connection, in a thread of the pool."""
        with self._timed(conn):
            return super().handle(conn)

    @contextlib.contextmanager
    def _timed(self, conn: Any) -> Iterator[None]:
        """While a thread reads and writes there, it has so long."""
        self._since[conn] = time.monotonic()
        try:
            yield
        finally:
            del self._since[conn]

    def notify(self) -> None:
        """Say to the master that this worker lives: the main loop does so in every round, of a
        second at most."""
        super().notify()
        self._count()
        now = time.monotonic()
        for conn, since in list(self._since.items()):
            # Who is being answered still gets the answer, for a while.
            self._cut(conn, socket.SHUT_RD, since + self.request_s, now)
            self._cut(conn, socket.SHUT_RDWR, since + self.answer_s, now)
        for conn in list(self._late(now)):
            self._give_up(conn)
        for conn in [one for one, end in self._lingering.items() if end < now]:
            self._let_go(conn)

    def _on_more(self, conn: Any, _fileobj: Any = None) -> None:
        request = self._arriving[conn]
        more = _received(conn.sock)
        if more == b"" and not request.data:
            self._forget(conn)
            self._leave(conn)
        elif more:
            self._held_bytes -= len(request.data)
            request.add(more)
            self._held_bytes += len(request.data)
        if request.asks and conn in self._arriving:
            request.asks = False
            self._send(conn, b"HTTP/1.1 100 Continue\r\n\r\n")
        if conn in self._arriving and (request.is_whole or more == b"" or self._holds_much):
            self._forget(conn)
            self.hand_on(conn, bytes(request.data))

    def hand_on(self, conn: Any, data: bytes) -> None:
        """Give a request to a thread, as far as it is here."""
        conn.parser.unreader.sock = ReadBefore(conn.sock, data)
        if type(self).is_probe(data[:_LONGEST_PROBE]):
            self._answer_apart(conn)
        else:
            super().enqueue_req(conn)

    def _answer_apart(self, conn: Any) -> None:
        def answered(outcome: Any) -> None:
            self.method_queue.defer(self.finish_request, conn, outcome)

        self._probes.submit(self.handle, conn).add_done_callback(answered)

    @property
    def _holds_much(self) -> bool:
        return self._held_bytes > 32 * self.max_held_bytes

    def _late(self, now: float) -> Iterator[Any]:
        """Whose time to send is over. A worker that stops waits for nobody who says nothing."""
        for conn, request in self._arriving.items():
            silent_s = self.request_s if self.alive or request.data else _LINGER_S
            if request.since + silent_s < now:
                yield conn

    def _give_up(self, conn: Any) -> None:
        if self._forget(conn).has_begun:
            self._send(conn, type(self).answer(408))
        self._leave(conn)

    def _send(self, conn: Any, answer: bytes) -> None:
        with contextlib.suppress(OSError):  # it has hung up
            write_nonblock(conn.sock, answer)

    def _forget(self, conn: Any) -> Arriving:
        request = self._arriving.pop(conn)
        if request.is_watched:
            self.poller.unregister(conn.sock)
        self._held_bytes -= len(request.data)
        return request

    def _cut(self, conn: Any, how: int, end: float, now: float) -> None:
        if end < now:
            with contextlib.suppress(OSError):  # it has hung up
                conn.sock.shutdown(how)

    def _leave(self, conn: Any) -> None:
        self.nr_conns -= 1
        self._linger(conn)

    def _linger(self, conn: Any) -> None:
        """Close once the peer has (RFC 9112 section 9.6): gunicorn would wait for it up to 2 s, and
        everybody else with it."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:  # it has hung up
            conn.close()
            return
        if len(self._lingering) >= _MOST_LINGERING:
            conn.close()
            return
        self._lingering[conn] = time.monotonic() + _LINGER_S
        self.poller.register(conn.sock, EVENT_READ, partial(self._hear_out, conn))

    def _hear_out(self, conn: Any, _fileobj: Any = None) -> None:
        if _received(conn.sock) == b"":
            self._let_go(conn)

    def _let_go(self, conn: Any) -> None:
        del self._lingering[conn]
        self.poller.unregister(conn.sock)
        conn.close()


def _taken_from(conn: Any) -> bytes:
    """What was read of a connection and belongs to the next request."""
    unreader = conn.parser.unreader
    taken: bytes = unreader.take_buffered()
    if isinstance(unreader.sock, ReadBefore):
        taken += bytes(unreader.sock.left)
        unreader.sock = unreader.sock.sock
    return taken


def _received(sock: socket.socket) -> bytes | None:
    """What there is; None: nothing now; empty: nothing any more."""
    try:
        return sock.recv(_CHUNK_BYTES)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def peer_of(environ: dict[str, Any]) -> Any:
    """The socket that a WSGI request came over; None under a server that doesn't show it."""
    return environ.get("gunicorn.socket")
