"""The operator's proof over the service's own data: replay equals state."""

import msgspec

from bids_service.audit.entry import Entry
from bids_service.audit.record import Recorded
from bids_service.audit.verify_replay import verify_replay
from bids_service.errors import NotProven
from bids_service.model import StoredBidding
from bids_service.storage.queries import Queries

_PAGE = 10_000


def verify_stored(queries: Queries, url: str) -> int:
    """Replay the record of an auction's or a bidding's URL with all maxima.

    Returns how many entries there are. Raises NotProven, StoreUnavailable.
    """
    stored = queries.bidding_of(url) or _by_own_url(queries, url)
    if stored is None:
        raise NotProven(f"there is no bidding at {url} in this database")
    entries = _record(queries, stored)
    book = verify_replay(
        stored.auction,
        stored.bidding.terms,
        [(one, msgspec.json.decode(one.text, type=Entry)) for one in entries],
        queries.placed(stored.id),
        mask_key=stored.mask_key,
    )
    if book.bidding != stored.bidding or entries[-1].tip != stored.tip:
        raise NotProven("the bidding's state is not what its record gives")
    return len(entries)


def _by_own_url(queries: Queries, url: str) -> StoredBidding | None:
    number = url.rpartition("/")[2]
    return queries.bidding(int(number)) if number.isascii() and number.isdigit() else None


def _record(queries: Queries, stored: StoredBidding) -> list[Recorded]:
    found: list[Recorded] = []
    cursor: int | None = 0
    while cursor is not None:
        page = queries.history(stored.id, after=cursor, most=_PAGE)
        found.extend(page.items)
        cursor = page.cursor
    if not found:
        raise NotProven("the record is empty")
    return found
