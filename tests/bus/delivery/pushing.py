"""A pusher that a test drives round by round, over real sockets and its own clocks."""

import base64
import time
from collections.abc import Callable
from typing import Any, Protocol

from service_kit.tokens import digest

from bus.delivery.pusher import Pusher
from bus.delivery.wire.http_client import HttpClient
from bus.model.delivery import Overview
from bus.model.subscription import DEFAULT_NAME, NOW, StartPosition
from bus.storage import Storage
from bus.subscriptions import lifecycle
from tests.bus.clock import FakeClock
from tests.bus.conftest import TOKENS
from tests.bus.samples import publication, wanted
from tests.waiting import wait_for

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
_A_SECOND_MS = 1_000


class Publish(Protocol):
    """Publish events about entities by the last word of their URLs."""

    def __call__(self, *names: str, topic: str = "bids", type: str = "create") -> None: ...


def publishing(storage: Storage) -> Publish:
    """A publisher of whatever topic."""
    publisher = client_id(storage, "publisher")

    def publish(*names: str, topic: str = "bids", type: str = "create") -> None:
        told = publication(publisher, *urls(*names), topic=topic, type=type)
        assert storage.log.append([told]) == [None]

    return publish


def client_id(storage: Storage, name: str) -> int:
    """The id of a client of the tests."""
    found = storage.clients.find(digest(TOKENS[name]))
    assert found is not None
    return found[1].id


def subscribe(
    storage: Storage,
    callback: str,
    *topics: str,
    by: str = "subscriber",
    name: str = DEFAULT_NAME,
    start: StartPosition = NOW,
    **fields: Any,
) -> None:
    """Subscribe to topics, or change the subscription."""
    request = wanted(callback, *topics, **fields)
    lifecycle.subscribe(storage, client_id(storage, by), name, request, start, SECRET)


def urls(*names: str) -> list[str]:
    """The URLs of entities."""
    return [f"https://x.example/{name}" for name in names]


def queued(storage: Storage) -> int:
    """How many events wait, of all subscriptions."""
    return sum(state.queued for state in storage.overviews.listed())


def overview(storage: Storage, name: str = DEFAULT_NAME) -> Overview:
    """The subscriber's subscription."""
    return storage.overviews.one("subscriber", name)


class Driven:
    """`until` runs rounds until something is so."""

    def __init__(self, storage: Storage, clock: FakeClock, name: str = "one", **parts: Any) -> None:
        self.clock = clock
        self.ahead_ms = 0
        self.pusher = Pusher(
            name,
            storage,
            HttpClient({"127.0.0.1"}, connect_ms=1_000, total_ms=10_000),
            now_ms=clock,
            steady_ms=self.steady_ms,
            chance=lambda: 1.0,
            **parts,
        )

    def round(self) -> None:
        """One round."""
        self.pusher.run_once()

    def rounds(self, count: int) -> None:
        """Some rounds: enough for whatever would go wrong."""
        for _ in range(count):
            self.round()

    def until(self, condition: Callable[[], Any], what: str = "") -> Any:
        """Run rounds until a condition holds."""

        def checked() -> Any:
            self.round()
            return condition()

        return wait_for(checked, what=what)

    def forward(self, ms: int) -> None:
        """Let time pass on both clocks."""
        self.clock.forward(ms)
        self.stand_still(ms)

    def watch(self, ms: int) -> None:
        """Let time pass on both clocks, with a round each second as a living pusher has."""
        for _ in range(0, ms, _A_SECOND_MS):
            self.forward(_A_SECOND_MS)
            self.round()

    def stand_still(self, ms: int) -> None:
        """Let time pass on this pusher's steady clock only."""
        self.ahead_ms += ms

    def steady_ms(self) -> int:
        """This pusher's steady clock."""
        return time.monotonic_ns() // 1_000_000 + self.ahead_ms
