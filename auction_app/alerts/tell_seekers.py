"""Tell of what was listed: those who look for it, and those who follow its seller."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from auction_app.alerts.matching import Listed, matches
from auction_app.alerts.model import Alert, AlertKind, SavedSearch
from auction_app.alerts.repository import alerts, follows, searches
from auction_app.db.ids import new_id
from auction_app.db.store import Store, Transaction
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import BadInput
from auction_app.listings.model import Auction
from auction_app.listings.repository import auctions
from auction_app.notifications.notify import notify
from auction_app.search.forms import read_query
from auction_app.search.query import SearchQuery

BATCH = 20
AT_ONCE = 50
"""So many are told in one transaction: everybody who writes waits for it."""
_KNOWN_QUERIES = 20_000


def tell_seekers(store: Store) -> int:
    """Alert everybody, once for each item and search; returns how many listings were looked at in
    this batch. May be repeated and killed.

    What matches is found outside of the transactions that write: it takes as long as there are
    saved searches.
    """
    with store.reading() as conn:
        waiting = auctions.by_ids(conn, alerts.waiting(conn, limit=BATCH))
        saved = searches.of_all(conn) if waiting else []
        followers = {it.seller_id: follows.followers_of(conn, it.seller_id) for it in waiting}
    for auction in waiting:
        if _is_offered(auction, store.clock()):
            _tell_all(store, auction, _alerts(auction, followers[auction.seller_id], saved))
        with store.begin() as act:
            _settle(act.conn, auction)
    return len(waiting)


def _is_offered(auction: Auction, now_ms: int) -> bool:
    return not auction.hidden and auction.ends_at_ms > now_ms


def _alerts(auction: Auction, followers: list[str], saved: list[SavedSearch]) -> Iterator[Alert]:
    for follower_id in followers:
        yield _alert("new-listing", follower_id, auction, auction.seller_id)
    listed = Listed.of(auction)
    for search in saved:
        query = _query(tuple(sorted(search.asked.items())))
        if query and search.customer_id != auction.seller_id and matches(query, listed):
            yield _alert("saved-search", search.customer_id, auction, search.id)


@lru_cache(maxsize=_KNOWN_QUERIES)
def _query(asked: tuple[tuple[str, str], ...]) -> SearchQuery | None:
    """What was saved, read once; None for a currency with other decimals in a version to come."""
    try:
        return read_query(dict(asked))
    except BadInput:
        return None


def _alert(kind: AlertKind, customer_id: str, auction: Auction, about: str) -> Alert:
    return Alert(
        id=new_id(),
        kind=kind,
        customer_id=customer_id,
        auction_id=auction.id,
        about=about,
        ends_at_ms=auction.ends_at_ms,
    )


def _tell_all(store: Store, auction: Auction, wanted: Iterator[Alert]) -> None:
    while some := list(islice(wanted, AT_ONCE)):
        with store.begin() as act:
            if not _is_offered(auctions.by_id(act.conn, auction.id), act.now_ms):
                return
            for alert in some:
                _tell(act, alert)


def _tell(act: UnitOfWork, alert: Alert) -> None:
    if not _still_wanted(act.conn, alert) or not alerts.add(act.conn, alert, now_ms=act.now_ms):
        return
    about = act.urls.reminder(alert.id)
    notify(
        act,
        alert.customer_id,
        alert.kind,
        about=about,
        auction_id=alert.auction_id,
        path=f"/auctions/{alert.auction_id}",
    )
    act.announce("reminders", "create", about)


def _still_wanted(conn: Transaction, alert: Alert) -> bool:
    """Whether nobody deleted the search, or the account, since it was read."""
    if alert.kind == "new-listing":
        return follows.follows_seller(conn, alert.customer_id, alert.about)
    return searches.keeps(conn, alert.customer_id, alert.about)


def _settle(conn: Transaction, seen: Auction) -> None:
    """A listing waits no more, unless it was changed since it was `seen`."""
    auctions.lock(conn, seen.id)
    now = auctions.by_id(conn, seen.id)
    if _as_offered(now) == _as_offered(seen):
        alerts.settle(conn, seen.id)


def _as_offered(auction: Auction) -> tuple[object, ...]:
    return auction.title, auction.description, auction.details, auction.hidden
