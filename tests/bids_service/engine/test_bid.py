"""Bids: what the worked cases leave to words."""

import pytest

from bids_service.engine.bidding import Standing
from bids_service.engine.book import open_book
from bids_service.engine.decision import Kind, Reason, Refused
from bids_service.engine.increments import IncrementTable
from tests.bids_service.engine.books import WEEK_MS, accepted, bid, book_of, refused, terms

LARGEST_AMOUNT_MINOR = 10**15
SECRETS = ["424242", "434343", "454545", "999999", "rogue"]


@pytest.mark.parametrize(
    ("bidder", "maximum", "currency", "now_ms", "reason"),
    [
        ("A", 100, "USD", 999, Reason.NOT_STARTED),
        ("A", 100, "USD", WEEK_MS, Reason.ENDED),
        ("seller", 100, "USD", 1000, Reason.SELLER),
        ("rogue", 100, "USD", 1000, Reason.BLOCKED),
        ("A", 100, "EUR", 1000, Reason.WRONG_CURRENCY),
        ("A", -1, "USD", 1000, Reason.NOT_AN_AMOUNT),
        ("A", LARGEST_AMOUNT_MINOR + 1, "USD", 1000, Reason.NOT_AN_AMOUNT),
        ("A", 99, "USD", 1000, Reason.BELOW_MINIMUM),
    ],
)
def test_a_bid_is_refused_for_its_reason(
    bidder: str, maximum: int, currency: str, now_ms: int, reason: Reason
) -> None:
    book = open_book(terms(starts_at_ms=1000, blocked=frozenset({"rogue"})))
    assert refused(book, bid(bidder, maximum, currency), now_ms).reason is reason


def test_a_bidding_begins_with_nothing_and_its_first_version() -> None:
    new = open_book(terms()).bidding
    assert (new.version, new.bid_count, new.sequence) == (1, 0, 0)
    assert (new.leader, new.price, new.reserve_met, new.minimum) == (None, None, False, 100)
    taken = accepted(open_book(terms()), bid("A", 100), 1000).bidding
    assert (taken.version, taken.bid_count, taken.sequence) == (2, 1, 1)


def test_one_minor_unit_is_a_bid_and_none_is_not() -> None:
    free = open_book(terms(start_price=0))
    assert refused(free, bid("A", 0), 1000).reason is Reason.NOT_AN_AMOUNT
    assert accepted(free, bid("A", 1), 1000).bidding.price == 0
    cheap = open_book(terms(start_price=1, increments=IncrementTable.of([[0, 1]])))
    taken = cheap.after(accepted(cheap, bid("A", 1), 1000))
    assert refused(taken, bid("B", 1), 2000) == Refused(Reason.BELOW_MINIMUM, 2)
    assert accepted(taken, bid("B", 2), 2000).bidding.price == 2
    most = accepted(free, bid("A", LARGEST_AMOUNT_MINOR), 1000).bidding
    assert (most.price, most.leader) == (0, "A")


def test_a_bid_below_the_minimum_is_told_the_minimum() -> None:
    book = book_of(("A", 500))
    assert refused(book, bid("B", 105), 5000) == Refused(Reason.BELOW_MINIMUM, 110)


def test_a_leader_must_beat_the_own_maximum_and_meet_the_minimum() -> None:
    book = book_of(("A", 500), ("B", 500))
    assert refused(book, bid("A", 505), 5000).reason is Reason.BELOW_MINIMUM
    book = book_of(("A", 500))
    assert refused(book, bid("A", 500), 5000).reason is Reason.NOT_HIGHER_THAN_OWN_MAXIMUM


def test_a_silent_raise_changes_nothing_that_others_see() -> None:
    book = book_of(("A", 500))
    raised = accepted(book, bid("A", 900), 5000)
    assert raised.bid is not None
    assert raised.bid.standing is Standing.RAISED
    assert not raised.bid.is_public
    assert raised.bidding.version == book.bidding.version
    assert raised.bidding.bid_count == 1
    assert raised.bidding.sequence == 2


def test_a_raise_that_meets_the_reserve_moves_the_price_and_is_public() -> None:
    book = book_of(("A", 500), reserve=600)
    raised = accepted(book, bid("A", 700), 5000)
    assert raised.bid is not None
    assert (raised.bidding.price, raised.bidding.reserve_met) == (600, True)
    assert [happening.kind for happening in raised.events] == [
        Kind.MAXIMUM_RAISED,
        Kind.PRICE_CHANGED,
        Kind.RESERVE_MET,
    ]
    assert raised.bid.standing is Standing.LEADING
    assert raised.bid.outbid is None


def test_a_bid_names_whom_it_overtook_or_itself_when_it_fell_short() -> None:
    book = book_of(("A", 500))
    overtook = accepted(book, bid("B", 900), 5000).bid
    fell_short = accepted(book, bid("B", 200), 5000).bid
    assert overtook is not None
    assert fell_short is not None
    assert (overtook.standing, overtook.outbid) == (Standing.LEADING, "A")
    assert (fell_short.standing, fell_short.outbid) == (Standing.OUTBID, "B")


def test_a_bid_at_the_buy_now_price_is_only_a_bid() -> None:
    bidding = accepted(open_book(terms(buy_now=500)), bid("A", 600), 1000).bidding
    assert (bidding.price, bidding.outcome, bidding.buy_now_available) == (100, None, False)


def test_no_text_form_shows_a_maximum_or_the_reserve() -> None:
    book = book_of(("A", 424_242), ("B", 434_343), reserve=999_999, blocked=frozenset({"rogue"}))
    decision = accepted(book, bid("C", 454_545), 5000)
    text = repr([book, decision, bid("C", 454_545)])
    # 424252 and 434353 are the public prices that these maxima led to.
    assert [secret for secret in SECRETS if secret in text] == []
