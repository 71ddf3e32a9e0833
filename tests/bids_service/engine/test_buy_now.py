"""Buy-now."""

from bids_service.engine.bidding import Outcome
from bids_service.engine.book import open_book
from bids_service.engine.buy_now import BuyNow
from bids_service.engine.decision import BiddingEvent, Kind, Reason
from bids_service.engine.retract import Retract
from tests.bids_service.engine.books import WEEK_MS, accepted, bid, book_of, refused, terms


def test_buying_sells_at_the_buy_now_price_and_ends_the_auction() -> None:
    book = open_book(terms(buy_now=500))
    bought = accepted(book, BuyNow(bidder="A"), 1000)
    bidding = bought.bidding
    assert (bidding.outcome, bidding.leader, bidding.price) == (Outcome.SOLD, "A", 500)
    assert bidding.closed_at_ms == 1000
    assert bought.events == (
        BiddingEvent(Kind.BUY_NOW_PURCHASED),
        BiddingEvent(Kind.CLOSED, Outcome.SOLD),
    )
    assert refused(book.after(bought), bid("B", 900), 1001).reason is Reason.ENDED


def test_buying_again_or_after_a_bid_is_refused() -> None:
    book = open_book(terms(buy_now=500))
    bought = book.after(accepted(book, BuyNow(bidder="A"), 1000))
    assert refused(bought, BuyNow(bidder="B"), 1001).reason is Reason.ENDED
    bid_in = book_of(("A", 200), buy_now=500)
    assert refused(bid_in, BuyNow(bidder="B"), 5000).reason is Reason.NOT_AVAILABLE


def test_with_a_reserve_one_can_buy_until_it_is_met() -> None:
    below = book_of(("A", 200), buy_now=900, reserve=500)
    assert accepted(below, BuyNow(bidder="B"), 5000).bidding.leader == "B"
    met = book_of(("A", 500), buy_now=900, reserve=500)
    assert refused(met, BuyNow(bidder="B"), 5000).reason is Reason.NOT_AVAILABLE


def test_the_seller_cannot_buy_and_nobody_can_after_the_end() -> None:
    book = open_book(terms(buy_now=500))
    assert refused(book, BuyNow(bidder="seller"), 1000).reason is Reason.SELLER
    assert refused(book, BuyNow(bidder="A"), WEEK_MS).reason is Reason.ENDED
    without = open_book(terms())
    assert refused(without, BuyNow(bidder="A"), 1000).reason is Reason.NOT_AVAILABLE


def test_buy_now_is_gone_for_good() -> None:
    book = book_of(("A", 200), buy_now=500)
    retracted = accepted(book, Retract(bidder="A"), 5000)
    assert not retracted.bidding.buy_now_available
