"""Batches one after the other, each until it is taken, skipped, or nobody wants to go on."""

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from service_kit.backoff import backoff_s

from bus_client.cli.listen.forward import Forwarded
from bus_client.cli.listen.sources import Handed
from bus_client.entities import Json

_LONGEST_PAUSE_S = 10.0
REPEAT, SKIP, QUIT = "r", "s", "q"

Show = Callable[[Sequence[Json], Forwarded, int], None]
"""Tells a person of a delivery: its events, what came of it, which attempt it was."""


class Presses(Protocol):
    """Where keys come from."""

    def pressed(self, within_s: float, among: str) -> str | None:
        """The next of these keys within so many seconds; any other does nothing."""


class Sends(Protocol):
    """What makes a delivery."""

    def send(
        self, events: Sequence[Json], *, previous: int, attempt: int, replay: int
    ) -> Forwarded:
        """Send a batch once."""


class Session:
    """Hands batches over in their order. `delivered` and `skipped` count events.

    A batch is asked for only when the one before it was taken or skipped: whoever gives them
    knows by that how far the address is.
    """

    def __init__(
        self, forward: Sends, keys: Presses, show: Show, stopping: threading.Event
    ) -> None:
        self._forward = forward
        self._keys = keys
        self._show = show
        self._stopping = stopping
        self._previous = 0
        self.delivered = 0
        self.skipped = 0

    def run(self, batches: Iterable[Handed]) -> None:
        """Until the batches end, or somebody quits: then the batch in hand counts as not taken."""
        for batch in batches:
            if batch.events and not self._settled(batch):
                return

    def _settled(self, batch: Handed) -> bool:
        """Whether it was taken or skipped."""
        events = batch.events
        while True:
            settled = self._attempted(batch)
            if settled is None:
                return False
            if not settled:
                self.skipped += len(events)
            else:
                self.delivered += len(events)
            key = self._keys.pressed(0, REPEAT + QUIT)
            if key != REPEAT:
                break
        if key == QUIT:
            self._stopping.set()
        self._previous = int(events[-1]["position"])
        return True

    def _attempted(self, batch: Handed) -> bool | None:
        """True: taken; False: skipped; None: somebody quit."""
        left, attempt = list(batch.events), 1
        while True:
            outcome = self._forward.send(
                left, previous=self._previous, attempt=attempt, replay=batch.replay
            )
            self._show(left, outcome, attempt)
            if outcome.taken:
                left = [event for event in left if event.get("id") in outcome.failed]
            if not left:
                return True
            pause_s = backoff_s(attempt, longest_s=_LONGEST_PAUSE_S)
            key = self._keys.pressed(pause_s, REPEAT + SKIP + QUIT)
            if key in {SKIP, QUIT}:
                return None if key == QUIT else False
            attempt += 1
