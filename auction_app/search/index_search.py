"""Heal the search: what runs and can't be found is put in."""

from auction_app.db.store import Store
from auction_app.listings.repository import auctions
from auction_app.search.repository import entries

BATCH = 500


def index_search(store: Store) -> int:
    """Make listings searchable that aren't (they were listed before there was a search, or before
    its rules changed); returns how many. May be repeated."""
    with store.reading() as conn:
        missing = entries.missing(conn, now_ms=store.clock(), limit=BATCH)
    for auction_id in missing:
        with store.begin() as act:
            entries.put(act.conn, auctions.by_id(act.conn, auction_id))
    return len(missing)
