"""Drop what was handled already."""

from collections.abc import Collection, Sequence

from service_kit.clock import Clock, now_ms

from bus_drain.event import Event
from bus_drain.layers.gather import Gather
from bus_drain.layers.listen import Outcome, Receive
from bus_drain.state import Seen

_DAY_MS = 24 * 3_600_000
_FORGET_EVERY_MS = _DAY_MS  # not more often: it looks at all there is


class Deduplicate:
    """Passes each event id on until it was handled, and remembers it only then. In a replay it
    begins anew: what somebody wants again was not handled yet in that.

    Two deliveries of one event at the same moment are both passed on, and so is one that comes
    again after `keep_ms`: this saves work, it promises nothing. Events without an id always pass.
    """

    def __init__(
        self, seen: Seen, then: Receive, *, keep_ms: int = 7 * _DAY_MS, clock: Clock = now_ms
    ) -> None:
        self._seen = seen
        self._then = then
        self._keep_ms = keep_ms
        self._clock = clock
        self._forgot_at_ms = clock()
        self._gather = Gather(lambda ids: seen.add(ids, clock()))

    def __call__(self, events: Sequence[Event]) -> Outcome:
        ids = _keys(events)
        seen = self._seen.which(ids)
        fresh = events if not seen and len(ids) == len(events) else _fresh(events, seen)
        if not fresh:
            return Outcome()
        outcome = self._then(fresh)
        self._remember(ids - seen - _keys(outcome.failed))
        return outcome

    def _remember(self, ids: Collection[str]) -> None:
        self._gather(ids)
        now = self._clock()
        if now - self._forgot_at_ms >= _FORGET_EVERY_MS:
            self._seen.forget(now - self._keep_ms)
            self._forgot_at_ms = now


def _fresh(events: Sequence[Event], seen: Collection[str]) -> list[Event]:
    found = set(seen)
    fresh = []
    for event in events:
        key = _key(event)
        if key is None or key not in found:
            fresh.append(event)
        if key is not None:
            found.add(key)
    return fresh


def _keys(events: Sequence[Event]) -> set[str]:
    return {key for event in events if (key := _key(event)) is not None}


def _key(event: Event) -> str | None:
    """What an event is remembered by: its id, and in which replay if it is one."""
    if event.id is None or not event.replay:
        return event.id
    return f"{event.id} {event.replay}"
