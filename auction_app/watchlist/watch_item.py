"""Watch a listing, or stop."""

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.listings.repository import auctions
from auction_app.search.repository import entries
from auction_app.watchlist.repository import watches


def watch_item(act: UnitOfWork, auction_id: str, *, watcher: Customer, watching: bool) -> None:
    """Put a listing on a customer's watchlist or take it off. May be repeated.
    Raises NotFound, NoSession."""
    customers.locked(act.conn, watcher.id)
    auctions.by_id(act.conn, auction_id)
    if watching:
        watches.add(act.conn, watcher.id, auction_id, now_ms=act.now_ms)
    else:
        watches.remove(act.conn, watcher.id, auction_id)
    entries.follow(act.conn, auctions.by_id(act.conn, auction_id))
