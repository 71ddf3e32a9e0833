"""The stream of a page ends with its session, within seconds."""

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any

import pytest
from service_kit.tokens import digest

from bus.bootstrap import build
from bus.config import Config
from bus.console.sessions import sign_in, sign_out
from bus.console.stream import ConsoleStream
from bus.storage import Logs, Storage
from tests.bus.clock import FakeClock
from tests.bus.conftest import ROOT_KEY
from tests.loops import in_a_loop

HOURS_MS = 60 * 60 * 1000
TOKEN = "a-token-that-is-revoked"


class Opened:
    """A stream that goes on until it is told that nobody is there any more."""

    def __init__(self, config: Config, storage: Storage, clock: FakeClock) -> None:
        self.bus = build(config, logs=Logs(storage), clock=clock)
        self.said: list[MutableMapping[str, Any]] = []

    def run(self, cookie: str, then: Callable[[], None]) -> list[MutableMapping[str, Any]]:
        """Open it, do something meanwhile, and wait for its end."""
        return in_a_loop(self._run(cookie, then), 10)

    async def _run(self, cookie: str, then: Callable[[], None]) -> list[MutableMapping[str, Any]]:
        async def goes_on(_scope: Any, receive: Any, _send: Any) -> None:
            await asyncio.to_thread(then)
            self.said.append(await receive())

        async def receive() -> dict[str, Any]:
            return await asyncio.Future()  # the browser is there, and says nothing

        async def send(message: MutableMapping[str, Any]) -> None:
            self.said.append(message)

        headers = [
            (b"accept", b"text/event-stream"),
            (b"cookie", f"gavel_console={cookie}".encode()),
        ]
        scope = {"type": "http", "path": "/console/events", "headers": headers}
        await ConsoleStream(self.bus, goes_on, look_every_s=0.01)(scope, receive, send)
        return self.said


@pytest.fixture
def opened(config: Config, storage: Storage, clock: FakeClock) -> Opened:
    return Opened(config, storage, clock)


HUNG_UP = [{"type": "http.disconnect"}]


def test_a_stream_ends_when_somebody_signs_out(opened: Opened) -> None:
    cookie = sign_in(opened.bus, ROOT_KEY, "network")
    assert opened.run(cookie, lambda: sign_out(opened.bus, cookie)) == HUNG_UP


def test_a_stream_ends_with_its_token(opened: Opened, storage: Storage) -> None:
    made = storage.clients.add_token("subscriber", digest(TOKEN))
    cookie = sign_in(opened.bus, TOKEN, "network")
    assert opened.run(cookie, lambda: storage.clients.remove_token(made.id)) == HUNG_UP


def test_a_stream_ends_when_its_session_expires(opened: Opened, clock: FakeClock) -> None:
    cookie = sign_in(opened.bus, ROOT_KEY, "network")

    def wait() -> None:
        clock.now_ms += 13 * HOURS_MS

    assert opened.run(cookie, wait) == HUNG_UP


def test_whoever_has_no_session_has_no_stream(opened: Opened) -> None:
    said = opened.run("none", lambda: None)
    assert said[0] == {"type": "http.response.start", "status": 401, "headers": []}
