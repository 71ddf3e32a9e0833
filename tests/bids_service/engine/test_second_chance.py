"""Second chance offers."""

from bids_service.engine.book import Book
from bids_service.engine.close import Close
from bids_service.engine.decision import Reason
from bids_service.engine.offer import OfferStatus
from bids_service.engine.second_chance import AnswerOffer, ExpireOffer, SecondChance
from tests.bids_service.engine.books import HOUR_MS, WEEK_MS, accepted, book_of, refused

OFFER_DAYS_MS = 60 * 24 * HOUR_MS


def offer(to: str, seller: str = "seller") -> SecondChance:
    return SecondChance(seller=seller, to=to)


def closed() -> Book:
    book = book_of(("A", 200), ("B", 300), ("A", 310), ("C", 900))
    return book.after(accepted(book, Close(), WEEK_MS))


def test_the_offer_is_at_the_own_highest_bid_and_changes_no_state() -> None:
    book = closed()
    offered = accepted(book, offer("A"), WEEK_MS + OFFER_DAYS_MS - 1)
    assert [(one.about, one.amount) for one in offered.events] == [("A", 310)]
    assert offered.bidding == book.bidding


def test_it_is_refused_for_its_reason() -> None:
    book = closed()
    after_ms = WEEK_MS + 1
    assert refused(book_of(("A", 200)), offer("A"), 5000).reason is Reason.NOT_CLOSED
    assert refused(book, offer("C"), after_ms).reason is Reason.WINNER
    assert refused(book, offer("D"), after_ms).reason is Reason.NO_BID
    assert refused(book, offer("A", seller="B"), after_ms).reason is Reason.NOT_SELLER
    too_late = refused(book, offer("A"), WEEK_MS + OFFER_DAYS_MS)
    assert too_late.reason is Reason.TOO_LATE


def test_who_led_an_unsold_auction_is_offered_the_price_and_never_the_hidden_maximum() -> None:
    book = book_of(("A", 200), ("B", 5000), reserve=9000)
    book = book.after(accepted(book, Close(), WEEK_MS))
    offered = accepted(book, offer("B"), WEEK_MS + 1).offer
    assert offered is not None
    assert offered.price == 210


def test_there_is_one_item_so_one_offer_at_a_time_binds() -> None:
    book = closed()
    offered = book.after(accepted(book, offer("A"), WEEK_MS + 1))
    assert refused(offered, offer("B"), WEEK_MS + 2).reason is Reason.ALREADY_OFFERED
    no = AnswerOffer(number=1, bidder="A", accept=False)
    declined = offered.after(accepted(offered, no, WEEK_MS + 3))
    second = declined.after(accepted(declined, offer("B"), WEEK_MS + 4))
    assert [one.number for one in second.offers] == [1, 2]
    again = second.after(accepted(second, no, WEEK_MS + 5))
    assert again == second
    yes = AnswerOffer(number=2, bidder="B", accept=True)
    sold = second.after(accepted(second, yes, WEEK_MS + 5))
    assert refused(sold, offer("A"), WEEK_MS + 6).reason is Reason.ALREADY_OFFERED


def test_an_answer_is_given_once_in_time_and_by_the_bidder() -> None:
    book = closed()
    offered = book.after(accepted(book, offer("A"), WEEK_MS + 1))
    yes = AnswerOffer(number=1, bidder="A", accept=True)
    no = AnswerOffer(number=1, bidder="A", accept=False)
    stranger = AnswerOffer(number=1, bidder="B", accept=True)
    assert refused(offered, stranger, WEEK_MS + 2).reason is Reason.NO_OFFER
    assert refused(book, yes, WEEK_MS + 2).reason is Reason.NO_OFFER
    assert refused(offered, yes, WEEK_MS + OFFER_DAYS_MS).reason is Reason.TOO_LATE
    taken = offered.after(accepted(offered, yes, WEEK_MS + 2))
    assert accepted(taken, yes, WEEK_MS + 3).events == ()
    assert refused(taken, no, WEEK_MS + 3).reason is Reason.TOO_LATE


def test_an_offer_that_nobody_answers_expires_once() -> None:
    book = closed()
    offered = book.after(accepted(book, offer("A"), WEEK_MS + 1))
    expire, end_ms = ExpireOffer(number=1), WEEK_MS + OFFER_DAYS_MS
    assert refused(offered, expire, end_ms - 1).reason is Reason.NOT_DUE
    assert refused(offered, ExpireOffer(number=2), end_ms).reason is Reason.NO_OFFER
    expired = offered.after(accepted(offered, expire, end_ms))
    assert expired.offers[0].status is OfferStatus.EXPIRED
    assert accepted(expired, expire, end_ms + 1).events == ()
