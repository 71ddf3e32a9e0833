"""Soft close."""

import pytest

from bids_service.engine.decision import Kind
from bids_service.engine.terms import SoftClose
from bids_service.errors import BadTerms
from tests.bids_service.engine.books import WEEK_MS, accepted, bid, book_of, terms

MINUTE_MS = 60_000


def soft_close(window_min: int = 10, extension_min: int = 10) -> SoftClose:
    return SoftClose(window_ms=window_min * MINUTE_MS, extension_ms=extension_min * MINUTE_MS)


def test_a_late_change_moves_the_end_but_never_past_the_hard_end() -> None:
    hard_end_ms = WEEK_MS + 3 * MINUTE_MS
    book = book_of(("A", 900), soft_close=soft_close(), hard_end_at_ms=hard_end_ms)
    extended = accepted(book, bid("B", 200), WEEK_MS - MINUTE_MS)
    assert extended.bidding.ends_at_ms == hard_end_ms
    assert extended.events[-1].kind is Kind.EXTENDED
    again = accepted(book.after(extended), bid("B", 300), hard_end_ms - 1)
    assert again.bidding.ends_at_ms == hard_end_ms


def test_an_extension_shorter_than_the_window_never_brings_the_end_forward() -> None:
    book = book_of(("A", 900), soft_close=soft_close(window_min=10, extension_min=1))
    late = accepted(book, bid("B", 200), WEEK_MS - 5 * MINUTE_MS)
    assert late.bidding.ends_at_ms == WEEK_MS


@pytest.mark.parametrize(
    "change",
    [
        {"starts_at_ms": WEEK_MS},
        {"hard_end_at_ms": WEEK_MS - 1},
        {"start_price": -1},
        {"reserve": -1},
        {"buy_now": 10**16},
    ],
)
def test_terms_that_contradict_themselves_are_refused(change: dict[str, int]) -> None:
    with pytest.raises(BadTerms):
        terms(**change)
