"""Take the bus's word that something changed."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from bus_drain import Event, Listener

from auction_app.bidding.repository import gaps, stale
from auction_app.db.store import Store
from auction_app.db.unit_of_work import UnitOfWork

FOLLOWED = {"biddings": "bidding", "bids": "bid", "offers": "offer"}
"""The topics that this app subscribes to, and what the URLs of each name."""


def listener(store: Store, kind: str, notify: Callable[[], None]) -> Listener:
    """A listener that notes each entity of `kind` as to be fetched, and wakes the loop.

    Once it returns the bus may forget the events: they are on disk here.
    """

    def note(events: Sequence[Event]) -> None:
        with store.begin() as act:
            note_changes(act, kind, (event.url for event in events))
        notify()

    return note


Unheard = Callable[[UnitOfWork], Iterable[str]]
"""The URLs of what may have changed without being told of."""


def resyncer(
    store: Store, notify: Callable[[], None], more: Mapping[str, Unheard]
) -> Callable[[Sequence[Event]], None]:
    """A drain's listener: events are gone, so the bidding of each auction that is not known to
    have ended is looked at. What those look like that have ended never changes again. `more` finds
    what other features have to look at, by kind."""

    def note(_events: Sequence[Event]) -> None:
        with store.begin() as act:
            for auction_id in gaps.not_closed(act.conn):
                stale.notice(act.conn, "auction", act.urls.auction(auction_id), now_ms=act.now_ms)
            for kind, unheard in more.items():
                note_changes(act, kind, unheard(act))
        notify()

    return note


def note_changes(act: UnitOfWork, kind: str, urls: Iterable[str]) -> None:
    """Note entities of `kind` ("bidding", "bid") as to be fetched, each once."""
    for url in dict.fromkeys(urls):
        stale.notice(act.conn, kind, url, now_ms=act.now_ms)
