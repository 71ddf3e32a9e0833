"""gunicorn's workers of the bus: a request that doesn't arrive is not waited for any longer.

Neither server has a deadline for who connects and says nothing, or announces a body and then
sends a byte a minute: each held a connection (of a threaded server, a thread) for ever, and had
shown no token. A request has as long as a delivery: 20 s in all (docs/delivery.md D4, D15).
"""

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
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


class AsgiWorker(UvicornWorker):  # type: ignore[misc]
    """For `bus.asgi`."""

    CONFIG_KWARGS = {**UvicornWorker.CONFIG_KWARGS, "http": Protocol}


class WsgiWorker(ThreadWorker):  # type: ignore[misc]
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


Scope = MutableMapping[str, Any]


Message = MutableMapping[str, Any]


Receive = Callable[[], Awaitable[Message]]


Send = Callable[[Message], Awaitable[None]]


AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]


WsgiApp = Callable[..., Iterable[bytes]]


SILENT_S = 1.0


TOTAL_S = 10.0


_CHUNK_BYTES = 64 * 1024


_END = {"type": "http.response.body", "body": b""}


def lingering(app: AsgiApp) -> AsgiApp:
    """The app, whose answers are complete only when the body was sent, or 10 s went by, or one
    without a byte. Who asked before sending (`Expect`) is just answered."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        rest = _Rest(receive)

        async def answer(message: Message) -> None:
            if message["type"] != "http.response.body" or message.get("more_body") or rest.heard:
                return await send(message)
            await send({**message, "more_body": True})
            await rest.hear_out()
            await send(_END)

        asks = any(name == b"expect" for name, _ in scope["headers"])
        await app(scope, rest.receive, send if asks else answer)

    return call


class _Rest:
    """What of a body nobody has read yet."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.heard = False

    async def receive(self) -> Message:
        """ASGI's `receive`."""
        message = await self._receive()
        self.heard = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    async def hear_out(self) -> None:
        """Drop what comes."""
        with suppress(TimeoutError):
            async with asyncio.timeout(TOTAL_S):
                while not self.heard:
                    await asyncio.wait_for(self.receive(), SILENT_S)


def lingering_wsgi(app: WsgiApp) -> WsgiApp:
    """The same for a WSGI app under gunicorn, which sends an answer once it is returned: the body
    is heard out before, also of who asked, for gunicorn has told it to go on. Under another
    server, which doesn't show its socket, nothing changes."""

    def call(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        answer = app(environ, start_response)
        if "gunicorn.socket" in environ:
            _hear_out(environ["gunicorn.socket"], environ["wsgi.input"])
        return answer

    return call


def _hear_out(peer: Any, body: Any) -> None:
    before_s, end_s = peer.gettimeout(), time.monotonic() + TOTAL_S
    peer.settimeout(SILENT_S)
    try:
        while body.read(_CHUNK_BYTES) and time.monotonic() < end_s:
            pass
    except TimeoutError:
        pass  # who says nothing any more is not kept waiting for
    finally:
        peer.settimeout(before_s)
