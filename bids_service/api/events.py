"""What the bus tells us: auctions, whose biddings are to be opened."""

from collections.abc import Callable, Sequence

from bus_drain.event import Event
from service_kit.clock import Clock
from service_kit.notify import Channel

from bids_service.storage.announced_auctions import AnnouncedAuctions

_NEWS = frozenset({"create", "update", "noop"})


def on_resync(
    announced: AnnouncedAuctions, list_url: str, importing: Channel, clock: Clock
) -> Callable[[Sequence[Event]], None]:
    """A listener that has the list of all running auctions read, for announcements are gone."""

    def store(_events: Sequence[Event]) -> None:
        announced.add([list_url], clock())
        importing.notify()

    return store


def on_auctions(
    announced: AnnouncedAuctions, importing: Channel, clock: Clock
) -> Callable[[Sequence[Event]], None]:
    """A listener that stores which auctions there are; fetching their terms is a job's work."""

    def store(events: Sequence[Event]) -> None:
        urls = [event.url for event in events if event.type in _NEWS]
        if urls:
            announced.add(urls, clock())
            importing.notify()

    return store
