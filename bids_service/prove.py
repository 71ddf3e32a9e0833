"""The operator's proof over the service's own data: replay equals state."""

import msgspec

from bids_service.audit.entry import Entry
from bids_service.audit.record import Recorded
from bids_service.audit.replay import replayed
from bids_service.errors import NotProven
from bids_service.model import KeptBidding
from bids_service.storage.catalogue import Catalogue

_PAGE = 10_000


def prove_all(catalogue: Catalogue, url: str) -> int:
    """Replay the record of an auction's or a bidding's URL with all maxima.

    Returns how many entries there are. Raises NotProven, StoreUnavailable.
    """
    kept = catalogue.bidding_of(url) or _by_own_url(catalogue, url)
    if kept is None:
        raise NotProven(f"there is no bidding at {url} in this database")
    entries = _record(catalogue, kept)
    book = replayed(
        kept.auction,
        kept.bidding.terms,
        [(one, msgspec.json.decode(one.text, type=Entry)) for one in entries],
        catalogue.placed(kept.id),
        mask_key=kept.mask_key,
    )
    if book.bidding != kept.bidding or entries[-1].tip != kept.tip:
        raise NotProven("the bidding's state is not what its record gives")
    return len(entries)


def _by_own_url(catalogue: Catalogue, url: str) -> KeptBidding | None:
    number = url.rpartition("/")[2]
    return catalogue.bidding(int(number)) if number.isascii() and number.isdigit() else None


def _record(catalogue: Catalogue, kept: KeptBidding) -> list[Recorded]:
    found: list[Recorded] = []
    cursor: int | None = 0
    while cursor is not None:
        page = catalogue.history(kept.id, after=cursor, most=_PAGE)
        found.extend(page.items)
        cursor = page.cursor
    if not found:
        raise NotProven("the record is empty")
    return found
