"""Second chance offers."""

from hypothesis import given
from hypothesis import strategies as st

from bids_service.engine.book import Book, decide, open_book
from bids_service.engine.close import Close
from bids_service.engine.decision import Accepted, Reason
from bids_service.engine.offer import OfferStatus
from bids_service.engine.second_chance import AnswerOffer, ExpireOffer, SecondChance
from tests.bids_service.engine.books import (
    HOUR_MS,
    WEEK_MS,
    accepted,
    bid,
    book_of,
    refused,
    terms,
)

OFFER_DAYS_MS = 60 * 24 * HOUR_MS


def offer(to: str, seller: str = "seller", seen: int | None = None) -> SecondChance:
    currency = None if seen is None else "USD"
    return SecondChance(seller=seller, to=to, price=seen, currency=currency)


def closed() -> Book:
    book = book_of(("A", 200), ("B", 300), ("A", 310), ("C", 900))
    return book.after(accepted(book, Close(), WEEK_MS))


def test_the_offer_is_at_what_the_history_shows_and_changes_no_state() -> None:
    book = closed()
    offered = accepted(book, offer("A"), WEEK_MS + OFFER_DAYS_MS - 1)
    assert [(one.about, one.amount) for one in offered.events] == [("A", 310)]
    assert offered.bidding == book.bidding


def test_it_is_at_the_price_that_the_seller_saw_or_not_at_all() -> None:
    other = refused(closed(), offer("A", seen=300), WEEK_MS + 1)
    assert (other.reason, other.price) == (Reason.PRICE_CHANGED, 310)
    in_yen = SecondChance(seller="seller", to="A", price=310, currency="JPY")
    assert refused(closed(), in_yen, WEEK_MS + 1).reason is Reason.PRICE_CHANGED
    assert accepted(closed(), offer("A", seen=310), WEEK_MS + 1).events


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


def offered_to(bidder: str, *bids: tuple[str, int], **changes: int) -> int:
    book = book_of(*bids, **changes)
    book = book.after(accepted(book, Close(), WEEK_MS))
    offered = accepted(book, offer(bidder), WEEK_MS + 1).offer
    assert offered is not None
    return offered.price


def test_an_offer_tells_no_more_of_a_maximum_than_the_prices_did() -> None:
    assert offered_to("A", ("A", 400), ("B", 405)) == 395
    assert offered_to("A", ("A", 400), ("B", 900)) == 400
    assert offered_to("A", ("B", 405), ("A", 400)) == 395
    assert offered_to("A", ("B", 900), ("A", 400)) == 400
    assert offered_to("A", ("A", 400), ("B", 900), reserve=800) == 100
    assert offered_to("A", ("A", 400), ("B", 900), ("A", 950), ("B", 990)) == 950


AMOUNTS = st.integers(min_value=10, max_value=40).map(lambda tens: tens * 10)
BIDS = st.lists(st.tuples(st.sampled_from("ABC"), AMOUNTS), min_size=2, max_size=7)


@given(BIDS, st.none() | AMOUNTS)
def test_an_offer_is_never_above_the_bidders_maximum(
    wanted: list[tuple[str, int]], reserve: int | None
) -> None:
    book = open_book(terms(reserve=reserve))
    maxima: dict[str, int] = {}
    for number, (bidder, maximum) in enumerate(wanted, start=1):
        decision = decide(book, bid(bidder, maximum), number * 1000)
        if isinstance(decision, Accepted):
            book, maxima[bidder] = book.after(decision), maximum
    book = book.after(accepted(book, Close(), WEEK_MS))
    for bidder, maximum in maxima.items():
        decision = decide(book, offer(bidder), WEEK_MS + 1)
        if isinstance(decision, Accepted):
            assert decision.offer is not None
            assert 100 <= decision.offer.price <= maximum
