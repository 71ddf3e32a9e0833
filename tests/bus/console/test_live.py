"""What is made for all who look: once a second, and never more than a fiftieth of the time."""

from itertools import count

import pytest

from bus.console.live import Fragments


@pytest.fixture
def clock() -> list[float]:
    """The steady time, and what of the processor was used."""
    return [0.0, 0.0]


@pytest.fixture
def fragments(clock: list[float]) -> Fragments:
    return Fragments(lambda: clock[0], lambda: clock[1])


def test_who_comes_within_a_second_gets_the_same(fragments: Fragments, clock: list[float]) -> None:
    numbers = map(str, count())
    seen = []
    for now_s in (0.0, 0.5, 0.99, 1.0, 1.5, 2.0):
        clock[0] = now_s
        seen.append(fragments.get("page", lambda: next(numbers)))
    assert seen == ["0", "0", "0", "1", "1", "2"]


def test_what_takes_long_is_made_seldom(fragments: Fragments, clock: list[float]) -> None:
    def make() -> str:
        clock[1] += 0.1
        return str(clock[0])

    seen = []
    for now_s in (0.0, 1.0, 4.8, 4.9, 9.0):
        clock[0] = now_s
        seen.append(fragments.get("page", make))
    assert seen == ["0.0", "0.0", "0.0", "4.9", "4.9"]


def test_what_nobody_has_seen_yet_is_made_at_once(fragments: Fragments, clock: list[float]) -> None:
    def make() -> str:
        clock[1] += 10
        return "made"

    assert [fragments.get(key, make) for key in ("one", "other")] == ["made", "made"]


def test_only_so_many_are_kept(fragments: Fragments) -> None:
    for key in range(300):
        fragments.get(key, lambda: "old")
    assert fragments.get(0, lambda: "new") == "new"
    assert fragments.get(299, lambda: "new") == "old"
