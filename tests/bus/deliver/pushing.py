"""A pusher that a test drives round by round, over real sockets and its own clocks."""

import time
from collections.abc import Callable
from typing import Any

from bus.deliver.pusher import Pusher
from bus.deliver.sender import Sender
from bus.storage import Storage
from tests.bus.clock import FakeClock
from tests.waiting import wait_for


class Driven:
    """`until` runs rounds until something is so."""

    def __init__(self, storage: Storage, clock: FakeClock, name: str = "one") -> None:
        self.clock = clock
        self.ahead_ms = 0
        self.pusher = Pusher(
            name,
            storage,
            Sender({"127.0.0.1"}, connect_ms=1_000, total_ms=10_000),
            now_ms=clock,
            steady_ms=self.steady_ms,
            chance=lambda: 1.0,
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

    def stand_still(self, ms: int) -> None:
        """Let time pass on this pusher's steady clock only."""
        self.ahead_ms += ms

    def steady_ms(self) -> int:
        """This pusher's steady clock."""
        return time.monotonic_ns() // 1_000_000 + self.ahead_ms
