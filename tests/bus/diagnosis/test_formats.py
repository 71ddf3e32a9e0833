"""How spans, moments and counts are told."""

import pytest

from bus.diagnosis.formats import ago, plural, span


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (400, "400 ms"),
        (9_999, "9 s"),
        (61_000, "1 min 1 s"),
        (7_200_000, "2 h"),
        (7_201_000, "2 h"),
        (93_600_000, "1 d 2 h"),
    ],
)
def test_a_span_is_its_two_largest_units(ms: int, text: str) -> None:
    assert span(ms) == text


def test_a_moment_is_before_or_ahead() -> None:
    assert [ago(at_ms, 10_000) for at_ms in (4_000, 10_500, 40_000)] == [
        "6 s ago",
        "now",
        "in 30 s",
    ]


def test_one_is_one() -> None:
    assert [plural(n, "event") for n in (0, 1, 1_200)] == ["0 events", "1 event", "1,200 events"]
