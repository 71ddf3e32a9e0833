"""Terms are taken to the last value that makes sense, and refused at the next."""

from typing import Any

import pytest

from bids_service.engine.terms import SoftClose
from bids_service.errors import BadTerms
from tests.bids_service.engine.books import WEEK_MS, terms

LARGEST = 10**15


@pytest.mark.parametrize("amount", ["start_price", "reserve", "buy_now"])
def test_an_amount_is_nothing_to_a_quadrillion(amount: str) -> None:
    for good in (0, 1, LARGEST):
        assert getattr(terms(**{amount: good}), amount) == good
    for bad in (-1, LARGEST + 1):
        with pytest.raises(BadTerms, match="negative or too large"):
            terms(**{amount: bad})


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ({"starts_at_ms": WEEK_MS - 1}, {"starts_at_ms": WEEK_MS}),
        ({"hard_end_at_ms": WEEK_MS}, {"hard_end_at_ms": WEEK_MS - 1}),
    ],
)
def test_an_auction_lasts_a_millisecond_and_its_hard_end_is_no_earlier(
    good: dict[str, Any], bad: dict[str, Any]
) -> None:
    terms(**good)
    with pytest.raises(BadTerms, match="end"):
        terms(**bad)


def test_a_soft_close_has_a_window_and_an_extension_of_a_millisecond_at_least() -> None:
    SoftClose(window_ms=1, extension_ms=1)
    for window_ms, extension_ms in ((0, 1), (1, 0), (-1, 1)):
        with pytest.raises(BadTerms, match="positive"):
            SoftClose(window_ms=window_ms, extension_ms=extension_ms)
