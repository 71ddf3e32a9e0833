"""When a bar counts as missed, and which of two commits as worse."""

import pytest

from tests.bench.compare import verdict
from tests.bench.rows import Bar, Pair, Row, table

AT_LEAST = Bar("rate", "requests/s", 0.5)
AT_MOST = Bar("time", "ms", 2, lower_is_better=True)


def row(bar: Bar, *ratios: float) -> Row:
    """Turns whose yardstick was 10."""
    return Row(bar, tuple(Pair(10 * ratio, 10) for ratio in ratios))


@pytest.mark.parametrize(
    ("bar", "ratios", "expected"),
    [
        (AT_LEAST, (0.5,) * 7, "ok"),
        (AT_LEAST, (0.1, 0.2, 0.3, 0.5, 0.6, 0.7, 0.8), "ok"),
        (AT_LEAST, (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8), "near"),
        (AT_LEAST, (0.1, 0.2, 0.3, 0.4, 0.4, 0.4, 0.8), "SHORT"),
        (AT_LEAST, (0.4,), "SHORT"),
        (AT_MOST, (2, 2, 2, 2, 9, 9, 9), "ok"),
        (AT_MOST, (1, 2, 3, 3, 3, 3, 3), "near"),
        (AT_MOST, (1, 3, 3, 3, 3, 3, 3), "SHORT"),
    ],
)
def test_a_bar_is_missed_where_the_spread_does_not_reach_it(
    bar: Bar, ratios: tuple[float, ...], expected: str
) -> None:
    assert row(bar, *ratios).verdict == expected


def test_one_turn_that_was_disturbed_changes_neither_the_ratio_nor_the_spread() -> None:
    calm = row(AT_LEAST, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6)
    disturbed = row(AT_LEAST, 0.6, 0.6, 0.6, 0.01, 0.6, 0.6, 0.6)
    assert (disturbed.ratio, disturbed.spread) == (calm.ratio, calm.spread)


def test_the_ratio_is_that_of_each_turn_and_not_of_two_medians() -> None:
    drifting = Row(AT_LEAST, (Pair(1, 2), Pair(100, 200), Pair(10, 20)))
    assert drifting.ratio == 0.5


def test_a_commit_is_worse_only_where_the_whole_spread_says_so() -> None:
    assert verdict(row(AT_LEAST, *(0.9,) * 6, 1.2)) == "worse"
    assert verdict(row(AT_LEAST, *(0.9,) * 5, 1.2, 1.2)) == ""
    assert verdict(row(AT_MOST, *(0.9,) * 7)) == "better"
    assert verdict(row(AT_MOST, *(1.1,) * 7)) == "worse"


def test_the_table_names_what_was_reached_and_what_had_to_be() -> None:
    _, line = table([row(AT_LEAST, 0.5, 0.5, 0.5)]).splitlines()
    assert line.split() == [
        *("rate", "5", "10", "requests/s", "0.5"),
        *("0.5", "to", "0.5", "≥", "0.5", "ok"),
    ]
