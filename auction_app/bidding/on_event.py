"""Take the bus's word that something changed."""

from collections.abc import Callable, Iterable, Sequence

from bus_drain import Event
from service_kit.clock import Clock

from auction_app.bidding.repository import stale
from auction_app.db.store import Store

FOLLOWED = {"biddings": "bidding", "bids": "bid", "offers": "offer"}
"""The topics that this app subscribes to, and what the URLs of each name."""


def listener(
    store: Store, kind: str, clock: Clock, notify: Callable[[], None]
) -> Callable[[Sequence[Event]], None]:
    """A drain's listener that notes each entity of `kind` as to be fetched, and wakes the loop.

    Once it returns the bus may forget the events: they are on disk here.
    """

    def note(events: Sequence[Event]) -> None:
        notice_changes(store, kind, (event.url for event in events), now_ms=clock())
        notify()

    return note


def notice_changes(store: Store, kind: str, urls: Iterable[str], *, now_ms: int) -> None:
    """Note entities of `kind` ("bidding", "bid") as to be fetched, each once."""
    with store.writing() as conn:
        for url in dict.fromkeys(urls):
            stale.notice(conn, kind, url, now_ms=now_ms)
