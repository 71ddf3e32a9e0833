"""What was handled is not handled again."""

from __future__ import annotations

import pytest
from bus_drain import Deduplicate
from bus_drain.state import State

from tests.clients.bus_drain.conftest import Below, Clock, made

DAY_MS = 24 * 3_600_000


def test_a_repeat_is_dropped_and_settled(drain_state: State, below: Below) -> None:
    layer = Deduplicate(drain_state.seen, below)

    assert layer([made(1), made(2)]).failed == ()
    assert layer([made(2), made(3)]).failed == ()
    assert layer([made(3)]).failed == ()
    assert below.ids == [["1", "2"], ["3"]]


def test_a_repeat_within_a_batch_is_dropped(drain_state: State, below: Below) -> None:
    Deduplicate(drain_state.seen, below)([made(1), made(1), made(2)])

    assert below.ids == [["1", "2"]]


def test_what_failed_is_passed_on_again_and_the_rest_is_not(
    drain_state: State, below: Below
) -> None:
    layer = Deduplicate(drain_state.seen, below)
    below.fails = {"2"}
    outcome = layer([made(1), made(2), made(3)])
    below.fails = set()
    layer([made(1), made(2), made(3)])

    assert [one.id for one in outcome.failed] == ["2"]
    assert below.ids == [["1", "2", "3"], ["2"]]


def test_what_is_replayed_is_handled_once_more_and_then_not_again(
    drain_state: State, below: Below
) -> None:
    layer = Deduplicate(drain_state.seen, below)
    layer([made(1), made(2)])
    below.fails = {"2"}
    layer([made(1, replay=1), made(2, replay=1), made(1, replay=1)])
    below.fails = set()
    layer([made(1, replay=1), made(2, replay=1), made(3, replay=1)])
    layer([made(2, replay=2)])
    layer([made(2, replay=2), made(1), made(3, replay=1)])

    assert below.ids == [["1", "2"], ["1", "2"], ["2", "3"], ["2"]]


@pytest.mark.parametrize("replay", [0, 1])
def test_events_without_an_id_always_pass(drain_state: State, below: Below, replay: int) -> None:
    layer = Deduplicate(drain_state.seen, below)
    for _ in range(2):
        layer([made(number, id=None, replay=replay) for number in (1, 2)])

    assert [len(batch) for batch in below.batches] == [2, 2]


def test_what_an_older_drain_has_handled_is_not_handled_again(
    drain_state: State, below: Below
) -> None:
    drain_state.seen.add(["1"], 0)
    Deduplicate(drain_state.seen, below)([made(1), made(2)])

    assert below.ids == [["2"]]


def test_ids_are_kept_for_a_while_and_then_forgotten(
    drain_state: State, below: Below, clock: Clock
) -> None:
    layer = Deduplicate(drain_state.seen, below, keep_ms=2 * DAY_MS, clock=clock)
    layer([made(1)])
    clock.ms += 2 * DAY_MS
    layer([made(1), made(2)])
    clock.ms += DAY_MS + 1
    layer([made(3)])
    layer([made(1), made(2)])

    assert below.ids == [["1"], ["2"], ["3"], ["1"]]


def test_an_id_is_kept_for_a_week_unless_said_otherwise(
    drain_state: State, below: Below, clock: Clock
) -> None:
    layer = Deduplicate(drain_state.seen, below, clock=clock)
    layer([made(1)])
    clock.ms += 7 * DAY_MS
    layer([made(1), made(2)])
    clock.ms += DAY_MS
    layer([made(3)])
    layer([made(1), made(2)])

    assert below.ids == [["1"], ["2"], ["3"], ["1"]]


def test_the_store_is_asked_to_forget_once_a_day(
    drain_state: State, below: Below, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(drain_state.seen, "forget", asked.append)
    layer = Deduplicate(drain_state.seen, below, clock=clock)
    begun_ms = clock.ms
    for number, later_ms in enumerate((1, DAY_MS - 1, DAY_MS, DAY_MS + 1, 2 * DAY_MS), 1):
        clock.ms = begun_ms + later_ms
        layer([made(number)])

    assert asked == [begun_ms + day * DAY_MS - 7 * DAY_MS for day in (1, 2)]
