"""Watch a listing, or stop."""

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.db.store import Store
from auction_app.listings.repository import auctions
from auction_app.search.repository import entries
from auction_app.watchlist.repository import watches


def watch_item(
    store: Store, auction_id: str, *, watcher: Customer, watching: bool, now_ms: int
) -> None:
    """Put a listing on a customer's watchlist or take it off. May be repeated.
    Raises NotFound, NoSession."""
    with store.writing() as conn:
        customers.locked(conn, watcher.id)
        auctions.by_id(conn, auction_id)
        if watching:
            watches.add(conn, watcher.id, auction_id, now_ms=now_ms)
        else:
            watches.remove(conn, watcher.id, auction_id)
        entries.follow(conn, auctions.by_id(conn, auction_id))
