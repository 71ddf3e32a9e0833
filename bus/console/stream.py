"""`GET /console/events` as a stream: `GET /events` for a browser, which shows a cookie."""

import asyncio
from contextlib import ExitStack

from service_kit.errors import StoreUnavailable
from werkzeug.http import parse_cookie

from bus.bootstrap import Bus
from bus.console.security import COOKIE, PATH
from bus.console.sessions import resumed
from bus.errors import NotAllowed, NotAuthenticated
from bus.server import AsgiApp, Receive, Scope, Send

_STREAM = b"text/event-stream"


class ConsoleStream:
    """Asks `rest` for the stream as whoever is signed in, and passes everything else on to it."""

    def __init__(self, bus: Bus, rest: AsgiApp) -> None:
        self._bus = bus
        self._rest = rest

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
            await self._rest(asked, receive, send)


async def _refuse(send: Send) -> None:
    """The script looks at the page then, which says more."""
    await send({"type": "http.response.start", "status": 401, "headers": []})
    await send({"type": "http.response.body", "body": b""})
