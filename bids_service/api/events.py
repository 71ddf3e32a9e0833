"""What the bus tells us: auctions, whose biddings are to be opened."""

from collections.abc import Callable, Sequence

from bus_drain.event import Event

from bids_service.parts import Parts
from bids_service.urls import is_entity_url

_NEWS = frozenset({"create", "update", "noop"})


def on_auctions(parts: Parts) -> Callable[[Sequence[Event]], None]:
    """A listener that stores which auctions there are; fetching their terms is a job's work."""

    def store(events: Sequence[Event]) -> None:
        urls = [event.url for event in events if event.type in _NEWS and is_entity_url(event.url)]
        if urls:
            parts.storage.announced.add(urls, parts.clock())
            parts.learning.notify()

    return store
