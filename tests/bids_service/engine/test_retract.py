"""Retraction."""

import pytest

from bids_service.engine.book import Book
from bids_service.engine.decision import Kind, Reason
from bids_service.engine.retract import Retract, retractable_at
from tests.bids_service.engine.books import HOUR_MS, WEEK_MS, accepted, bid, book_of, refused

EARLY_MS = WEEK_MS - 12 * HOUR_MS - 1
LATE_MS = WEEK_MS - 12 * HOUR_MS


def with_bid(book: Book, bidder: str, maximum: int, at_ms: int) -> Book:
    return book.after(accepted(book, bid(bidder, maximum), at_ms))


def test_with_more_than_12_hours_left_all_bids_of_the_bidder_go() -> None:
    book = book_of(("A", 200), ("B", 300), ("A", 400), ("B", 500))
    retracted = accepted(book, Retract(bidder="B"), EARLY_MS)
    assert retracted.retracted == {2, 4}
    assert (retracted.bidding.leader, retracted.bidding.price) == ("A", 100)
    assert retracted.bidding.bid_count == 2


def test_in_the_last_12_hours_only_the_newest_goes_and_only_for_an_hour() -> None:
    book = with_bid(book_of(("A", 200), ("B", 300)), "B", 500, LATE_MS)
    in_time = accepted(book, Retract(bidder="B"), LATE_MS + HOUR_MS)
    assert in_time.retracted == {3}
    assert (in_time.bidding.leader, in_time.bidding.price) == ("B", 210)
    late = refused(book, Retract(bidder="B"), LATE_MS + HOUR_MS + 1)
    assert late.reason is Reason.TOO_LATE


def test_exactly_12_hours_before_the_end_only_the_newest_goes() -> None:
    book = with_bid(book_of(("A", 200), ("B", 300)), "B", 500, LATE_MS - HOUR_MS)
    assert accepted(book, Retract(bidder="B"), LATE_MS - 1).retracted == {2, 3}
    assert accepted(book, Retract(bidder="B"), LATE_MS).retracted == {3}
    again = with_bid(book, "B", 600, LATE_MS - 1)
    assert accepted(again, Retract(bidder="B"), LATE_MS - 1).retracted == {2, 3, 4}
    assert accepted(again, Retract(bidder="B"), LATE_MS).retracted == {4}


@pytest.mark.parametrize(
    ("left_ms", "age_ms", "can_go"),
    [
        (12 * HOUR_MS + 1, 2 * HOUR_MS, True),
        (12 * HOUR_MS, HOUR_MS, True),
        (12 * HOUR_MS, HOUR_MS + 1, False),
        (1, 0, True),
        (0, 0, False),
        (-1, 0, False),
    ],
)
def test_a_bid_can_go_until_the_end_and_late_for_an_hour(
    left_ms: int, age_ms: int, can_go: bool
) -> None:
    now_ms = WEEK_MS - left_ms
    assert retractable_at(WEEK_MS, now_ms - age_ms, now_ms) is can_go


def test_the_last_bid_leaves_nobody_leading() -> None:
    book = book_of(("A", 200), reserve=150)
    retracted = accepted(book, Retract(bidder="A"), EARLY_MS)
    assert (retracted.bidding.leader, retracted.bidding.price) == (None, None)
    assert [happening.kind for happening in retracted.events] == [
        Kind.BID_RETRACTED,
        Kind.LEAD_CHANGED,
        Kind.PRICE_CHANGED,
        Kind.RESERVE_UNMET,
    ]


def test_who_has_no_bid_has_nothing_to_retract_and_nobody_has_after_the_end() -> None:
    book = book_of(("A", 200))
    assert refused(book, Retract(bidder="B"), EARLY_MS).reason is Reason.NO_BID
    assert refused(book, Retract(bidder="A"), WEEK_MS).reason is Reason.ENDED


def test_sequence_numbers_are_never_given_twice() -> None:
    book = book_of(("A", 200), ("B", 300))
    book = book.after(accepted(book, Retract(bidder="B"), EARLY_MS))
    assert with_bid(book, "C", 300, EARLY_MS + 1).bids[-1].sequence == 3
