"""Counts over time: how long a point is, where it begins, and how much was counted in it."""

import pytest

from bus.model.history import DeliveryCounts, Span, increases

MINUTE_MS = 60_000


@pytest.mark.parametrize(
    ("span", "minutes", "points", "whole_minutes"),
    [("hour", 1, 60, 60), ("day", 15, 96, 24 * 60), ("week", 120, 84, 7 * 24 * 60)],
)
def test_a_span_is_as_long_as_its_points_together(
    span: str, minutes: int, points: int, whole_minutes: int
) -> None:
    one = Span(span)
    assert (one.step_ms, one.points) == (minutes * MINUTE_MS, points)
    assert one.step_ms * one.points == whole_minutes * MINUTE_MS
    began_ms = 7 * one.step_ms
    for at_ms in (began_ms, began_ms + 1, began_ms + one.step_ms - 1):
        assert one.begin_ms(at_ms) == began_ms


def test_what_was_not_counted_is_none() -> None:
    counts = DeliveryCounts()
    assert counts == DeliveryCounts(0, 0)
    counts.add(delivered=3)
    counts.add(failed=2)
    counts.add()
    counts.add(delivered=1, failed=1)
    assert counts == DeliveryCounts(4, 3)


@pytest.mark.parametrize(
    ("upto", "before", "found"),
    [
        ({0: 5, 60: 9}, 3, {0: 2, 60: 4}),
        ({60: 9, 0: 5}, 3, {0: 2, 60: 4}),
        ({0: 5, 60: 9}, None, {0: 0, 60: 4}),
        ({0: 5, 60: 2, 120: 3}, 0, {0: 5, 60: 0, 120: 1}),  # it was counted anew
        ({}, 3, {}),
    ],
)
def test_what_is_counted_in_a_time_is_by_how_much_the_count_grew(
    upto: dict[int, int], before: int | None, found: dict[int, int]
) -> None:
    assert increases(upto, before) == found
