"""Closing and calling off."""

import pytest

from bids_service.engine.bidding import Outcome
from bids_service.engine.book import open_book
from bids_service.engine.close import Cancel, Close
from bids_service.engine.decision import Reason
from tests.bids_service.engine.books import WEEK_MS, accepted, bid, book_of, refused, terms


@pytest.mark.parametrize(
    ("bids", "reserve", "outcome"),
    [
        ([], None, Outcome.NO_BIDS),
        ([("A", 200)], None, Outcome.SOLD),
        ([("A", 200)], 200, Outcome.SOLD),
        ([("A", 200)], 201, Outcome.RESERVE_NOT_MET),
    ],
)
def test_it_is_sold_to_a_leader_who_meets_the_reserve(
    bids: list[tuple[str, int]], reserve: int | None, outcome: Outcome
) -> None:
    book = book_of(*bids, reserve=reserve)
    assert accepted(book, Close(), WEEK_MS).bidding.outcome is outcome


def test_closing_twice_changes_nothing() -> None:
    book = book_of(("A", 200))
    closed = book.after(accepted(book, Close(), WEEK_MS))
    again = accepted(closed, Close(), WEEK_MS + 1)
    assert again.bidding == closed.bidding
    assert again.events == ()


def test_it_is_not_closed_before_the_end() -> None:
    assert refused(book_of(), Close(), WEEK_MS - 1).reason is Reason.NOT_DUE


def test_the_seller_can_call_it_off_before_the_end() -> None:
    book = book_of(("A", 200))
    cancelled = book.after(accepted(book, Cancel(seller="seller"), 5000))
    assert cancelled.bidding.outcome is Outcome.CANCELLED
    assert refused(cancelled, bid("B", 300), 5001).reason is Reason.ENDED
    assert accepted(cancelled, Cancel(seller="seller"), 5002).events == ()
    assert accepted(cancelled, Close(), WEEK_MS).bidding.outcome is Outcome.CANCELLED


def test_it_can_be_called_off_only_while_nobody_has_bid() -> None:
    cautiously = Cancel(seller="seller", only_without_bids=True)
    assert refused(book_of(("A", 200)), cautiously, 5000).reason is Reason.HAS_BIDS
    assert accepted(open_book(terms()), cautiously, 5000).bidding.outcome is Outcome.CANCELLED


def test_nobody_else_can_and_nobody_once_the_end_has_come() -> None:
    book = open_book(terms())
    assert refused(book, Cancel(seller="A"), 5000).reason is Reason.NOT_SELLER
    assert refused(book, Cancel(seller="seller"), WEEK_MS).reason is Reason.ENDED
