"""A book's bids, a page at a time."""

from bids_service.commands.import_auctions import create_bidding
from bids_service.model import StoredBidding
from tests.bids_service.service import AUCTION, Service, known_terms
from tests.bids_service.storage.long_book import fill

_COUNT, _PAGE = 1_000, 15


def test_pages_show_each_bid_once_that_counts_however_many_raises_lie_between(
    service: Service,
) -> None:
    book = _long_book(service)

    shown, before = [], None
    while True:
        page = service.parts.queries.bids_of_bidding(book, before=before, most=_PAGE)
        shown += [it.bid.sequence for it in page.items]
        if page.cursor is None:
            break
        assert len(page.items) == _PAGE
        before = page.cursor

    # The first hundred are raises, and so is every tenth; every tenth was taken back.
    assert shown == [n for n in range(_COUNT, 100, -1) if n % 10 not in {5, 7}]


def test_a_cursor_of_another_book_leads_nowhere(service: Service) -> None:
    book = _long_book(service)
    create_bidding(service.parts.books, f"{AUCTION}0", known_terms())
    middle = service.parts.queries.bids_of_bidding(book, before=None, most=1).cursor
    elsewhere = service.parts.queries.bidding_of(f"{AUCTION}0")
    assert elsewhere is not None

    page = service.parts.queries.bids_of_bidding(elsewhere, before=middle, most=_PAGE)

    assert page.items == ()
    assert page.cursor is None


def _long_book(service: Service) -> StoredBidding:
    create_bidding(service.parts.books, AUCTION, known_terms())
    empty = service.parts.queries.bidding_of(AUCTION)
    assert empty is not None
    fill(service.parts.database, empty.id, _COUNT)
    book = service.parts.queries.bidding_of(AUCTION)
    assert book is not None
    return book
