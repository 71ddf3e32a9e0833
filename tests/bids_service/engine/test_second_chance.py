"""Second chance offers."""

from bids_service.engine.book import Book
from bids_service.engine.close import Close
from bids_service.engine.decision import Reason
from bids_service.engine.second_chance import OFFER_DAYS_MS, SecondChance
from tests.bids_service.engine.books import WEEK_MS, accepted, book_of, refused


def offer(to: str, seller: str = "seller") -> SecondChance:
    return SecondChance(seller=seller, to=to)


def closed() -> Book:
    book = book_of(("A", 200), ("B", 300), ("A", 310), ("C", 900))
    return book.after(accepted(book, Close(), WEEK_MS))


def test_the_offer_is_at_the_own_highest_bid_and_changes_no_state() -> None:
    book = closed()
    offered = accepted(book, offer("A"), WEEK_MS + OFFER_DAYS_MS)
    assert [(one.about, one.amount) for one in offered.happenings] == [("A", 310)]
    assert offered.bidding == book.bidding


def test_it_is_refused_for_its_reason() -> None:
    book = closed()
    after_ms = WEEK_MS + 1
    assert refused(book_of(("A", 200)), offer("A"), 5000).reason is Reason.NOT_CLOSED
    assert refused(book, offer("C"), after_ms).reason is Reason.WINNER
    assert refused(book, offer("D"), after_ms).reason is Reason.NO_BID
    assert refused(book, offer("A", seller="B"), after_ms).reason is Reason.NOT_SELLER
    too_late = refused(book, offer("A"), WEEK_MS + OFFER_DAYS_MS + 1)
    assert too_late.reason is Reason.TOO_LATE
