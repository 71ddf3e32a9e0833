"""Heal the search: what runs and can't be found is put in."""

from auction_app.db.store import Store
from auction_app.listings.repository import auctions
from auction_app.search.repository import entries

BATCH = 500
AT_ONCE = 25
"""So many share a commit; everybody else who writes waits for them."""


def index_search(store: Store) -> int:
    """Make listings searchable that aren't (they were listed before there was a search, or before
    its rules changed); returns how many. May be repeated."""
    with store.reading() as conn:
        missing = entries.missing(conn, now_ms=store.clock(), limit=BATCH)
    put = 0
    for first in range(0, len(missing), AT_ONCE):
        with store.begin() as act:
            found = auctions.by_ids(act.conn, missing[first : first + AT_ONCE])
            entries.put(act.conn, found)
            put += len(found)
    return put
