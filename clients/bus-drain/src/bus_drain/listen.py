"""Hand a batch to whoever listens to its topics."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bus_drain.event import Event

_log = logging.getLogger(__name__)

Listener = Callable[[Sequence[Event]], None]
"""Takes events of its topic in order; returns when they are safe, raises to get them again."""

EVERY_OTHER = "*"


@dataclass(frozen=True)
class Outcome:
    """What became of a batch: the events that must come again. Empty: all are settled."""

    failed: tuple[Event, ...] = ()


Receive = Callable[[Sequence[Event]], Outcome]
"""A layer below HTTP: takes a batch, answers what became of each event."""


class Listeners:
    """Calls one listener a topic; `"*"` takes the topics that have none of their own.

    Events that nobody listens to are settled. A listener that raises fails its own events
    only; the others still get theirs.
    """

    def __init__(self, listeners: Mapping[str, Listener]) -> None:
        self._listeners = dict(listeners)

    def __call__(self, events: Sequence[Event]) -> Outcome:
        failed: list[Event] = []
        for name, batch in self._by_listener(events).items():
            if not self._succeeds(name, batch):
                failed.extend(batch)
        return Outcome(failed=tuple(failed))

    def _by_listener(self, events: Sequence[Event]) -> dict[str, list[Event]]:
        batches: dict[str, list[Event]] = {}
        for event in events:
            name = event.topic if event.topic in self._listeners else EVERY_OTHER
            batches.setdefault(name, []).append(event)
        return {name: batch for name, batch in batches.items() if name in self._listeners}

    def _succeeds(self, name: str, batch: list[Event]) -> bool:
        try:
            self._listeners[name](batch)
        except Exception:  # noqa: BLE001 - foreign code: whatever it raises means "again"
            _log.exception(
                "listener failed listener=%s events=%s", name, [event.id for event in batch]
            )
            return False
        return True
