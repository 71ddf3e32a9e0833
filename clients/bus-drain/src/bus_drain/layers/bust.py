"""Drop cached answers of what has changed."""

from collections.abc import Sequence

from service_kit.clock import Clock, now_ms

from bus_drain.event import Event
from bus_drain.layers.listen import Outcome, Receive
from bus_drain.state import CacheStore


class Bust:
    """Drops what is cached of every URL in the batch, then passes the batch on.

    Before the listeners, so that none of them fetches the past.
    """

    def __init__(self, cache: CacheStore, then: Receive, *, clock: Clock = now_ms) -> None:
        self._cache = cache
        self._then = then
        self._clock = clock

    def __call__(self, events: Sequence[Event]) -> Outcome:
        self._cache.bust({event.url for event in events}, self._clock())
        return self._then(events)
