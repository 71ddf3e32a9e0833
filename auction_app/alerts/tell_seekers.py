"""Tell of what was listed: those who look for it, and those who follow its seller."""

from collections.abc import Iterator

from auction_app.alerts.matching import Listed, matches
from auction_app.alerts.model import Alert, AlertKind
from auction_app.alerts.repository import alerts, follows, searches
from auction_app.db.ids import new_id
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import BadInput
from auction_app.listings.model import Auction
from auction_app.listings.repository import auctions
from auction_app.notifications.repository import notices
from auction_app.search.forms import read_query

BATCH = 20


def tell_seekers(act: UnitOfWork) -> int:
    """Alert everybody, once for each item and search; returns how many listings were looked at in
    this batch. May be repeated and killed."""
    waiting = alerts.waiting(act.conn, limit=BATCH)
    for auction_id in waiting:
        auction = auctions.by_id(act.conn, auction_id)
        if not auction.hidden and auction.ends_at_ms > act.now_ms:
            for alert in _alerts(act, auction):
                _tell(act, alert)
        alerts.settle(act.conn, auction_id)
    return len(waiting)


def _alerts(act: UnitOfWork, auction: Auction) -> Iterator[Alert]:
    for follower_id in follows.followers_of(act.conn, auction.seller_id):
        yield _alert("new-listing", follower_id, auction, auction.seller_id)
    listed = Listed.of(auction)
    for search in searches.of_all(act.conn):
        try:
            query = read_query(search.asked)
        except BadInput:
            continue  # of a currency with other decimals in a version to come
        if search.customer_id != auction.seller_id and matches(query, listed):
            yield _alert("saved-search", search.customer_id, auction, search.id)


def _alert(kind: AlertKind, customer_id: str, auction: Auction, about: str) -> Alert:
    return Alert(
        id=new_id(),
        kind=kind,
        customer_id=customer_id,
        auction_id=auction.id,
        about=about,
        ends_at_ms=auction.ends_at_ms,
    )


def _tell(act: UnitOfWork, alert: Alert) -> None:
    if not alerts.add(act.conn, alert, now_ms=act.now_ms):
        return
    about = act.urls.reminder(alert.id)
    notices.add(
        act.conn,
        alert.customer_id,
        alert.kind,
        about=about,
        auction_id=alert.auction_id,
        path=f"/auctions/{alert.auction_id}",
        now_ms=act.now_ms,
    )
    act.announce("reminders", "create", about)
