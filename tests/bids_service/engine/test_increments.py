"""Increment tables."""

import pytest

from bids_service.engine.increments import IncrementTable
from bids_service.errors import BadTerms


@pytest.mark.parametrize(("price", "above"), [(0, 5), (1, 6), (99, 104), (100, 125), (500, 550)])
def test_the_next_price_lies_one_increment_above(price: int, above: int) -> None:
    table = IncrementTable.of([[1, 5], [100, 25], [500, 50]])
    assert table.above(price) == above


@pytest.mark.parametrize("price", [*range(1, 140), *range(480, 620)])
def test_below_is_the_highest_amount_that_is_one_increment_below_or_more(price: int) -> None:
    table = IncrementTable.of([[1, 5], [100, 25], [500, 50]])
    assert table.above(table.below(price)) <= price < table.above(table.below(price) + 1)


@pytest.mark.parametrize(
    "rows", [[], [[0, 0]], [[-1, 5]], [[0, 5], [0, 6]], [[100, 5], [50, 6]], [[0, 5], [100, 4]]]
)
def test_a_table_that_makes_no_sense_is_refused(rows: list[list[int]]) -> None:
    with pytest.raises(BadTerms):
        IncrementTable.of(rows)
