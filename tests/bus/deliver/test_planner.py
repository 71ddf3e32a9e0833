import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from bus.deliver.planner import (
    PROBE_EVENTS,
    Idle,
    Send,
    Wait,
    batch_limit,
    delivered,
    failed,
    plan,
    resting_until,
)
from bus.model import LogEvent, Progress, TopicScope
from tests.bus.clock import START_MS
from tests.bus.samples import log_event, subscription

FRESH = Progress(0, 0)
EVENTS = [log_event(position) for position in range(1, 21)]


def test_without_a_timeout_a_lone_event_leaves_at_once() -> None:
    assert plan(subscription(), FRESH, EVENTS[:1], START_MS) == Send((EVENTS[0],), 1)


def test_with_timeout_0_a_lone_event_leaves_at_once() -> None:
    planned = plan(subscription(timeout_ms=0), FRESH, EVENTS[:1], START_MS)
    assert planned == Send((EVENTS[0],), 1)


def test_a_batch_holds_at_most_max_events() -> None:
    assert plan(subscription(max_events=5), FRESH, EVENTS, START_MS) == Send(tuple(EVENTS[:5]), 5)


def test_an_event_waits_for_company_until_its_timeout() -> None:
    patient = subscription(timeout_ms=500)
    assert plan(patient, FRESH, EVENTS[:3], START_MS + 499) == Wait(START_MS + 500)
    assert plan(patient, FRESH, EVENTS[:3], START_MS + 500) == Send(tuple(EVENTS[:3]), 3)


def test_a_full_batch_waits_for_nobody() -> None:
    patient = subscription(timeout_ms=500, max_events=3)
    assert plan(patient, FRESH, EVENTS[:3], START_MS) == Send(tuple(EVENTS[:3]), 3)


def test_nothing_ahead_is_nothing_to_do() -> None:
    assert plan(subscription(), Progress(7, 7), [], START_MS) == Idle(7)


def test_events_from_before_the_subscription_are_passed_over() -> None:
    late = subscription(scopes=(TopicScope("bids", after=3),))
    assert plan(late, FRESH, EVENTS[:3], START_MS) == Idle(3)
    assert plan(late, FRESH, EVENTS[:5], START_MS) == Send(tuple(EVENTS[3:5]), 5)


def test_a_deleted_topic_ends_where_it_was_deleted() -> None:
    ended = subscription(scopes=(TopicScope("bids", until=2),))
    assert plan(ended, FRESH, EVENTS[:5], START_MS) == Send(tuple(EVENTS[:2]), 2)
    assert plan(ended, Progress(2, 2), EVENTS[2:5], START_MS) == Idle(5)


def test_a_failing_endpoint_is_left_alone_until_its_time() -> None:
    failing = Progress(0, 0, failures=1, tried_upto=20, retry_at_ms=START_MS + 1000)
    assert resting_until(failing, START_MS) == START_MS + 1000
    assert plan(subscription(), failing, EVENTS, START_MS) == Wait(START_MS + 1000)
    assert resting_until(failing, START_MS + 1000) is None


def test_a_retry_is_a_small_probe() -> None:
    failing = Progress(0, 0, failures=1, tried_upto=20, retry_at_ms=0)
    assert batch_limit(subscription(), failing) == PROBE_EVENTS
    assert plan(subscription(), failing, EVENTS, START_MS) == Send(tuple(EVENTS[:10]), 10)


def test_a_retry_has_no_events_that_the_first_attempt_had_not() -> None:
    failing = Progress(0, 0, failures=3, tried_upto=2, retry_at_ms=0)
    assert plan(subscription(), failing, EVENTS, START_MS) == Send(tuple(EVENTS[:2]), 2)


def test_a_retry_does_not_wait_for_company() -> None:
    failing = Progress(0, 0, failures=1, tried_upto=2, retry_at_ms=0)
    patient = subscription(timeout_ms=60_000)
    assert plan(patient, failing, EVENTS, START_MS) == Send(tuple(EVENTS[:2]), 2)


def test_an_acknowledged_batch_moves_the_cursor_and_ends_a_back_off() -> None:
    assert delivered(Send(tuple(EVENTS[:5]), 5)) == Progress(5, 5)


def test_a_failed_batch_leaves_the_cursor() -> None:
    after = failed(Progress(3, 3, failures=1), Send(tuple(EVENTS[3:5]), 5), START_MS)
    assert after == Progress(3, 3, failures=2, tried_upto=5, retry_at_ms=START_MS)


@given(
    events=st.lists(st.sampled_from(["bids", "orders", "other"]), max_size=40),
    most=st.integers(1, 7),
    answers=st.lists(st.booleans(), max_size=30),
    after=st.integers(0, 40),
)
def test_every_event_of_a_scope_is_delivered_once_and_in_order(
    events: list[str], most: int, answers: list[bool], after: int
) -> None:
    log = [log_event(position, topic) for position, topic in enumerate(events, 1)]
    ours = subscription(
        max_events=most, scopes=(TopicScope("bids"), TopicScope("orders", after=after))
    )
    progress, script = FRESH, iter(answers)
    got: list[LogEvent] = []
    while True:
        topics = {"bids", "orders"}
        ahead = [e for e in log if e.position > progress.position and e.topic in topics]
        match plan(ours, progress, ahead[: batch_limit(ours, progress)], START_MS):
            case Send() as batch if next(script, True):
                got += batch.events
                progress = delivered(batch)
            case Send() as batch:
                progress = failed(progress, batch, 0)
            case Idle(upto) if upto == progress.position:
                break
            case Idle(upto):
                progress = dataclasses.replace(progress, position=upto)
            case Wait():
                raise AssertionError("nothing to wait for")
    assert got == [
        e for e in log if e.topic == "bids" or (e.topic == "orders" and e.position > after)
    ]
