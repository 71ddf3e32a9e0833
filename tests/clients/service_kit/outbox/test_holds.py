"""What the bus does not take is left alone longer and longer, and not for ever."""

import pytest
from service_kit.outbox.holds import Holds

from tests.clients.service_kit.outbox.conftest import Clock


@pytest.fixture
def holds(clock: Clock) -> Holds[str]:
    return Holds(clock)


def test_what_is_held_rests_as_long_as_it_was_said(holds: Holds[str], clock: Clock) -> None:
    pause_s = holds.hold("a")
    assert 0.5 <= pause_s <= 1
    clock.now_s += pause_s - 0.01
    assert holds.resting() == ["a"]
    clock.now_s += 0.02
    assert holds.resting() == []
    assert len(holds) == 1


def test_each_pause_is_longer_and_none_is_longer_than_half_a_minute(holds: Holds[str]) -> None:
    pauses = [holds.hold("a") for _ in range(300)]
    assert all(
        low <= pause <= 2 * low for low, pause in zip([0.5, 1, 2, 4, 8], pauses, strict=False)
    )
    assert 28 < max(pauses) <= 30
    assert holds.hold("b") <= 1


def test_who_is_freed_begins_with_the_shortest_pause(holds: Holds[str]) -> None:
    for _ in range(9):
        holds.hold("a")
    assert holds.free("a")
    assert not holds.free("a")
    assert (holds.resting(), len(holds)) == ([], 0)
    assert holds.hold("a") <= 1


def test_what_is_not_stored_any_more_is_tried_at_once(holds: Holds[str]) -> None:
    for name in ("a", "b"):
        holds.hold(name)
    holds.agree_with(["b"])
    assert (holds.resting(), len(holds)) == (["b"], 1)


def test_what_another_process_held_is_tried_at_once_and_then_rests_as_if_new(
    holds: Holds[str],
) -> None:
    holds.agree_with(["a"])
    assert (holds.resting(), len(holds)) == ([], 1)
    assert holds.hold("a") < 1
    assert holds.free("a")
