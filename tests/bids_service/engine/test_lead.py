"""Who leads, at which price, and who comes next: the table of `lead_after`, row by row."""

import pytest

from bids_service.engine.bidding import Lead
from bids_service.engine.lead import lead_after
from tests.bids_service.engine.books import terms


def lead(*bids: tuple[str, int], reserve: int | None = None) -> Lead:
    found: Lead | None = None
    for bidder, maximum in bids:
        found = lead_after(terms(start_price=10, reserve=reserve), found, bidder, maximum)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("bids", "leader", "price", "runner_up"),
    [
        ([("A", 50)], "A", 10, None),
        ([("A", 50), ("B", 70)], "B", 60, 50),
        ([("A", 50), ("B", 60)], "B", 60, 50),
        ([("A", 50), ("B", 55)], "B", 55, 50),
        ([("A", 50), ("B", 51)], "B", 51, 50),
        ([("A", 50), ("B", 45)], "A", 50, 45),
        ([("A", 50), ("B", 40)], "A", 50, 40),
        ([("A", 50), ("B", 20)], "A", 30, 20),
        ([("A", 50), ("B", 50)], "A", 50, 50),
        ([("A", 50), ("A", 70)], "A", 10, None),
        ([("A", 50), ("A", 40)], "A", 10, None),
        ([("A", 50), ("B", 30), ("C", 20)], "A", 40, 30),
        ([("A", 50), ("B", 20), ("C", 30)], "A", 40, 30),
        ([("A", 50), ("B", 30), ("A", 90), ("B", 60)], "A", 70, 60),
        ([("A", 50), ("B", 70), ("C", 90)], "C", 80, 70),
    ],
)
def test_who_leads_at_which_price_and_who_comes_next(
    bids: list[tuple[str, int]], leader: str, price: int, runner_up: int | None
) -> None:
    found = lead(*bids)
    assert (found.bidder, found.price, found.runner_up_maximum) == (leader, price, runner_up)
    assert found.maximum == max(maximum for bidder, maximum in bids if bidder == leader)
    assert not found.reserve_met


@pytest.mark.parametrize(
    ("bids", "price", "is_met"),
    [
        ([("A", 59)], 10, False),
        ([("A", 60)], 60, True),
        ([("A", 61)], 60, True),
        ([("A", 50), ("A", 60)], 60, True),
        ([("A", 50), ("B", 90)], 60, True),
        ([("A", 90), ("B", 70)], 80, True),
    ],
)
def test_a_maximum_that_meets_the_reserve_lifts_the_price_to_it(
    bids: list[tuple[str, int]], price: int, is_met: bool
) -> None:
    found = lead(*bids, reserve=60)
    assert (found.price, found.reserve_met) == (price, is_met)
