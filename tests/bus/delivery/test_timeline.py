"""Instants between a pusher and the store, when somebody has set the clock meanwhile."""

from dataclasses import replace

import pytest

from bus.delivery.timeline import Timeline
from bus.model.delivery import (
    HEALTHY,
    Cursor,
    DeadLetter,
    EndpointHealth,
    LastAnswer,
    Parked,
    Settlement,
    StateChange,
)
from bus.model.retry_policy import RetryPolicy
from tests.bus.clock import START_MS, FakeClock
from tests.bus.samples import held, log_event

HOUR_MS = 3_600_000
ANSWER = LastAnswer(500, None, START_MS + 5)
SET_MS = ANSWER.at_ms + HOUR_MS


@pytest.fixture
def timeline() -> Timeline:
    """Of a pusher whose clock was set ahead by an hour."""
    clock = FakeClock()
    made = Timeline(clock, lambda: 0)
    clock.forward(HOUR_MS)
    assert made.now_ms() == START_MS
    return made


def settlement(**fields: object) -> Settlement:
    return replace(Settlement(1, 1, Cursor(0, 0), HEALTHY, 0), **fields)  # type: ignore[arg-type]


def test_what_is_stored_is_by_the_clock(timeline: Timeline) -> None:
    failing = EndpointHealth(failures=1, retry_at_ms=START_MS, failing_since_ms=START_MS - 1)
    parked = Parked("u", 1, START_MS, 2, ANSWER)
    dead = DeadLetter(log_event(1), 3, ANSWER, b"")
    change = StateChange(park={"u": parked, "gone": None}, dead_letters=[dead], take_back=[4])
    stored = timeline.leaving(settlement(health=failing, answer=ANSWER, change=change))
    assert stored.health == replace(
        failing, retry_at_ms=START_MS + HOUR_MS, failing_since_ms=START_MS - 1 + HOUR_MS
    )
    by_clock = replace(ANSWER, at_ms=SET_MS)
    assert stored.answer == by_clock
    assert stored.change == StateChange(
        park={"u": replace(parked, retry_at_ms=START_MS + HOUR_MS, answer=by_clock), "gone": None},
        dead_letters=[replace(dead, answer=by_clock)],
        take_back=[4],
    )


def test_what_has_no_time_has_none_by_the_clock_either(timeline: Timeline) -> None:
    assert timeline.leaving(settlement()) == settlement()


def test_a_parked_entity_waits_no_longer_than_the_longest_pause(timeline: Timeline) -> None:
    def due_ms(stored_ms: int, policy: RetryPolicy) -> int:
        leased = held(retry=policy)
        parked = (Parked("u", 1, stored_ms, 1, ANSWER),)
        ((one),) = timeline.arriving(replace(leased, parked=parked)).parked
        return one.retry_at_ms

    policy = RetryPolicy(parked_ms=(1_000, 5_000))
    assert due_ms(START_MS + HOUR_MS + 700, policy) == START_MS + 700
    assert due_ms(START_MS + HOUR_MS + 5_001, policy) == START_MS + 5_000
    assert due_ms(START_MS + 99 * HOUR_MS, policy) == START_MS + 5_000
    assert due_ms(START_MS + 99 * HOUR_MS, RetryPolicy(parked_ms=())) == START_MS


@pytest.mark.parametrize(
    ("attempted_ms", "pause_ms", "failed_for_ms", "left_ms", "lasted_ms"),
    [
        (-2_000, 5_000, 9_000, 3_000, 11_000),
        (-7_000, 5_000, 9_000, -2_000, 16_000),
        # Ahead of our clock: it was just now.
        (HOUR_MS, 5_000, 9_000, 5_000, 9_000),
        # Long ago: of the time in which nobody tried, a minute counts.
        (-HOUR_MS, 5_000, 9_000, -60_000, 74_000),
        (-2_000, -1, 9_000, -2_000, 11_000),
        (-2_000, 5_000, -9, 3_000, 2_000),
        (-2_000, 5_000, None, 3_000, None),
    ],
)
def test_a_pause_is_as_long_as_it_was_meant_and_a_failing_as_what_was_tried(
    timeline: Timeline,
    attempted_ms: int,
    pause_ms: int,
    failed_for_ms: int | None,
    left_ms: int,
    lasted_ms: int | None,
) -> None:
    at_ms = START_MS + HOUR_MS + attempted_ms
    since_ms = None if failed_for_ms is None else at_ms - failed_for_ms
    failing = EndpointHealth(failures=1, retry_at_ms=at_ms + pause_ms, failing_since_ms=since_ms)
    leased = replace(held(health=failing), attempted_at_ms=at_ms)
    health = timeline.arriving(leased).health
    assert health.retry_at_ms == START_MS + left_ms
    assert health.failing_since_ms == (None if lasted_ms is None else START_MS - lasted_ms)


def test_without_an_attempt_on_record_and_without_a_failure_nothing_is_moved(
    timeline: Timeline,
) -> None:
    failing = EndpointHealth(failures=1, retry_at_ms=5, failing_since_ms=1)
    assert timeline.arriving(held(health=failing)).health == failing
    leased = replace(held(health=HEALTHY), attempted_at_ms=START_MS)
    assert timeline.arriving(leased).health is HEALTHY
