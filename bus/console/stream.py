"""`GET /console/events` as a stream: `GET /events` for a browser, which shows a cookie."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from typing import Any

from service_kit.errors import StoreUnavailable
from werkzeug.http import parse_cookie

from bus.bootstrap import Bus
from bus.console.security import COOKIE, PATH
from bus.console.sessions import is_over, resumed
from bus.errors import NotAllowed, NotAuthenticated
from bus.server import AsgiApp, Message, Receive, Scope, Send

_STREAM = b"text/event-stream"


class ConsoleStream:
    """Asks `rest` for the stream as whoever is signed in, and passes everything else on to it.

    A stream looks so often whether its session is over: signed out, expired, its token revoked.
    """

    def __init__(self, bus: Bus, rest: AsgiApp, *, look_every_s: float = 2.0) -> None:
        self._bus = bus
        self._rest = rest
        self._look_every_s = look_every_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        headers = dict(scope["headers"])
        is_stream = headers.get(b"accept") == _STREAM and scope["path"] == f"{PATH}/events"
        if not is_stream:
            return await self._rest(scope, receive, send)
        cookie = parse_cookie(headers.get(b"cookie", b"").decode("latin-1")).get(COOKIE)
        with ExitStack() as stack:
            try:
                session = resumed(self._bus, cookie)
                viewer = await asyncio.to_thread(stack.enter_context, session)
            except (NotAuthenticated, NotAllowed, StoreUnavailable):
                return await _refuse(send)
            headers[b"authorization"] = f"Bearer {viewer.token}".encode()
            asked = {**scope, "path": "/events", "headers": list(headers.items())}
            ended = asyncio.ensure_future(self._wait_for_end(cookie or "", viewer.token))
            try:
                await self._rest(asked, _or_hung_up(receive, ended), send)
            finally:
                ended.cancel()

    async def _wait_for_end(self, cookie: str, token: str) -> None:
        """Return once the session is over. While the store is away nobody is sent away."""
        is_on = True
        while is_on:
            await asyncio.sleep(self._look_every_s)
            with suppress(StoreUnavailable):  # it was logged where it was met
                is_on = not await asyncio.to_thread(is_over, self._bus, cookie, token)


def _or_hung_up(receive: Receive, ended: asyncio.Future[None]) -> Callable[[], Awaitable[Message]]:
    """`receive`, that once `ended` is done says that nobody is there any more."""

    async def either() -> Message:
        received = asyncio.ensure_future(receive())
        first: set[asyncio.Future[Any]] = {received, ended}
        await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
        if received.done():
            return received.result()
        received.cancel()
        return {"type": "http.disconnect"}

    return either


async def _refuse(send: Send) -> None:
    """The script looks at the page then, which says more."""
    await send({"type": "http.response.start", "status": 401, "headers": []})
    await send({"type": "http.response.body", "body": b""})
