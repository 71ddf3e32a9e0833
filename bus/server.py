"""What the bus's servers do beside gunicorn and uvicorn: they hear out a body before they close,
and show the bus under a path of a host that others share."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from typing import Any

from service_kit.compat.gunicorn import peer_of
from service_kit.entrance.loop import Protocol
from uvicorn_worker import UvicornWorker

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]
WsgiApp = Callable[..., Iterable[bytes]]

SILENT_S = 1.0
TOTAL_S = 10.0
_CHUNK_BYTES = 64 * 1024
# What the kernel takes for who does not read; by itself up to megabytes, which somebody must write.
_SENT_AHEAD_BYTES = 64 * 1024
_END = {"type": "http.response.body", "body": b""}


class EndingProtocol(Protocol):
    """A connection whose answer may have no end by itself: when the server shuts down, whatever
    the app has left as `on_shutdown` in the request's state is called."""

    def connection_made(self, transport: Any) -> None:
        """Somebody is there."""
        super().connection_made(transport)
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SENT_AHEAD_BYTES)

    def shutdown(self) -> None:
        """The server is about to end."""
        super().shutdown()
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete:
            cycle.scope["state"].get("on_shutdown", _nothing)()


class AsgiWorker(UvicornWorker):  # type: ignore[misc]
    """For `bus.asgi`."""

    CONFIG_KWARGS = {
        **UvicornWorker.CONFIG_KWARGS,
        "http": EndingProtocol,
        "proxy_headers": False,  # whom to believe is said once: service_kit.trusted_proxies
    }


def _nothing() -> None:
    pass


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
        if (peer := peer_of(environ)) is not None:
            _hear_out(peer, environ["wsgi.input"])
        return answer

    return call


def _hear_out(peer: Any, body: Any) -> None:
    before_s, end_s = peer.gettimeout(), time.monotonic() + TOTAL_S
    peer.settimeout(SILENT_S)
    try:
        while body.read(_CHUNK_BYTES) and time.monotonic() < end_s:
            pass
    except OSError:
        pass  # who says nothing any more, or nonsense, is not waited for
    finally:
        peer.settimeout(before_s)


def under_path(app: WsgiApp, prefix: str) -> WsgiApp:
    """A WSGI app that is shown under a path, whether or not the proxy takes it off."""
    if not prefix:
        return app

    def call(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = _without(environ["PATH_INFO"], prefix)
        return app(environ | {"SCRIPT_NAME": prefix, "PATH_INFO": path}, start_response)

    return call


def under_path_asgi(app: AsgiApp, prefix: str) -> AsgiApp:
    """The same for an ASGI app that takes the path as the app's own, without `root_path`."""
    if not prefix:
        return app

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope, "path": _without(scope["path"], prefix)}
        await app(scope, receive, send)

    return call


def _without(path: str, prefix: str) -> str:
    rest = path.removeprefix(prefix)
    return rest or "/" if rest == "" or rest.startswith("/") else path
