import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.delivery.batching import Idle, Send, Wait, batch_limit, is_enough, no_longer, plan
from bus.delivery.bisection import PROBE_EVENTS
from bus.delivery.in_flight import Delivery, InFlight, Kind
from bus.delivery.parked import ParkedSchedule, RetryParked
from bus.delivery.rate_limit import Allowance
from bus.model.delivery import HEALTHY, EndpointHealth, LastAnswer, Parked
from bus.model.event import LogEvent
from tests.bus.clock import START_MS
from tests.bus.samples import log_event, subscription

EVENTS = [log_event(position) for position in range(1, 21)]


def of(*urls: str) -> list[LogEvent]:
    return [log_event(position, url=url) for position, url in enumerate(urls, 1)]


def test_without_a_timeout_a_lone_event_leaves_at_once() -> None:
    assert plan(subscription(), HEALTHY, EVENTS[:1], START_MS) == Send(EVENTS[:1], [])


def test_with_timeout_0_a_lone_event_leaves_at_once() -> None:
    assert plan(subscription(timeout_ms=0), HEALTHY, EVENTS[:1], START_MS) == Send(EVENTS[:1], [])


def test_a_batch_holds_at_most_max_events_and_the_rest_waits() -> None:
    planned = plan(subscription(max_events=5), HEALTHY, EVENTS, START_MS)
    assert planned == Send(EVENTS[:5], EVENTS[5:])


def test_an_event_waits_for_company_until_its_timeout() -> None:
    patient = subscription(timeout_ms=500)
    assert plan(patient, HEALTHY, EVENTS[:3], START_MS + 499) == Wait(START_MS + 500)
    assert plan(patient, HEALTHY, EVENTS[:3], START_MS + 500) == Send(EVENTS[:3], [])


def test_a_full_batch_waits_for_nobody() -> None:
    patient = subscription(timeout_ms=500, max_events=3)
    assert plan(patient, HEALTHY, EVENTS[:3], START_MS) == Send(EVENTS[:3], [])


def test_nothing_pending_is_nothing_to_do() -> None:
    assert plan(subscription(), HEALTHY, [], START_MS) == Idle()


def test_a_failing_endpoint_is_left_alone_until_its_time() -> None:
    failing = EndpointHealth(failures=1, tried_upto=20, retry_at_ms=START_MS + 1000)
    assert plan(subscription(), failing, EVENTS, START_MS) == Wait(START_MS + 1000)
    assert isinstance(plan(subscription(), failing, EVENTS, START_MS + 1000), Send)


def test_a_probe_is_as_narrow_as_the_search() -> None:
    searching = EndpointHealth(failures=1, tried_upto=20, bisect_limit=4)
    assert batch_limit(subscription(), searching) == 4
    assert plan(subscription(), searching, EVENTS, START_MS) == Send(EVENTS[:4], EVENTS[4:])
    assert batch_limit(subscription(), EndpointHealth(failures=1, tried_upto=20)) == PROBE_EVENTS


def test_a_probe_has_no_events_that_had_not_been_tried() -> None:
    searching = EndpointHealth(failures=3, tried_upto=2, bisect_limit=10)
    assert plan(subscription(), searching, EVENTS, START_MS) == Send(EVENTS[:2], EVENTS[2:])


def test_a_probe_does_not_wait_for_company() -> None:
    searching = EndpointHealth(failures=1, tried_upto=2, bisect_limit=10)
    planned = plan(subscription(timeout_ms=60_000), searching, EVENTS, START_MS)
    assert planned == Send(EVENTS[:2], EVENTS[2:])


def test_one_probe_is_in_flight_at_a_time() -> None:
    searching = EndpointHealth(tried_upto=20, bisect_limit=1)
    assert plan(subscription(concurrency=4), searching, EVENTS, START_MS, in_flight=1) == Idle()


def test_after_one_failed_alone_somebody_else_is_tried() -> None:
    pending = of("bad", "bad", "good", "bad")
    searching = EndpointHealth(failures=1, tried_upto=2, bisect_limit=1, skip_upto=1)
    planned = plan(subscription(), searching, pending, START_MS)
    assert planned == Send([pending[2]], [pending[0], pending[1], pending[3]])


def test_without_anybody_else_it_is_tried_again() -> None:
    pending = of("bad", "bad")
    searching = EndpointHealth(failures=1, tried_upto=1, bisect_limit=1, skip_upto=1)
    assert plan(subscription(), searching, pending, START_MS) == Send(pending[:1], pending[1:])


def test_while_somebody_else_is_wanted_one_event_is_not_enough() -> None:
    searching = EndpointHealth(failures=1, tried_upto=2, bisect_limit=1, skip_upto=1)
    assert not is_enough(subscription(), searching, of("bad", "bad"))
    assert is_enough(subscription(), searching, of("bad", "bad", "good"))
    assert is_enough(subscription(max_events=2), HEALTHY, of("bad", "bad"))
    assert not is_enough(subscription(max_events=3), HEALTHY, of("bad", "bad"))


def test_urls_in_flight_do_not_count_for_the_next_batch() -> None:
    small = subscription(max_events=2)
    assert not is_enough(small, HEALTHY, of("a", "a", "b"), {"a"})
    assert is_enough(small, HEALTHY, of("a", "a", "b", "c"), {"a"})


def test_past_urls_in_flight_a_thousand_events_are_looked_through_and_no_more() -> None:
    small = subscription(max_events=2)
    assert not is_enough(small, HEALTHY, of(*["a"] * 1_001), {"a"})
    assert is_enough(small, HEALTHY, of(*["a"] * 1_002), {"a"})


def test_for_somebody_else_ten_thousand_events_are_looked_through_and_no_more() -> None:
    searching = EndpointHealth(failures=1, tried_upto=2, bisect_limit=1, skip_upto=1)
    assert not is_enough(subscription(), searching, of(*["bad"] * 9_999))
    assert is_enough(subscription(), searching, of(*["bad"] * 10_000))


def test_urls_in_flight_wait_and_others_go() -> None:
    pending = of("a", "b", "a", "c")
    planned = plan(subscription(concurrency=2), HEALTHY, pending, START_MS, busy={"a"}, in_flight=1)
    assert planned == Send([pending[1], pending[3]], [pending[0], pending[2]])


def test_no_more_batches_are_in_flight_than_asked_for() -> None:
    wide = subscription(concurrency=2)
    assert plan(wide, HEALTHY, EVENTS, START_MS, busy=set(), in_flight=2) == Idle()


def test_a_rate_limit_narrows_and_then_holds_up() -> None:
    allowed = plan(subscription(), HEALTHY, EVENTS, START_MS, allowance=Allowance(3, 0))
    assert allowed == Send(EVENTS[:3], EVENTS[3:])
    held_up = plan(subscription(), HEALTHY, EVENTS, START_MS, allowance=Allowance(0, 77))
    assert held_up == Wait(77)


def parked(*retries: tuple[int, str]) -> ParkedSchedule:
    answer = LastAnswer(500, None, 0)
    entities = [Parked(url, 0, retry_at_ms, 1, answer) for retry_at_ms, url in retries]
    return ParkedSchedule(entities, lambda: 1.0)


def test_of_the_parked_the_one_whose_time_came_first_is_tried() -> None:
    schedule = parked((5, "b"), (3, "a"), (9, "c"))
    assert schedule.due(HEALTHY, 2, EVENTS, InFlight()) is None
    assert schedule.due(HEALTHY, 6, EVENTS, InFlight()) == RetryParked("a")
    assert parked().due(HEALTHY, 6, [], InFlight()) is None


def test_while_the_endpoint_fails_a_parked_one_is_the_probe_only_without_others() -> None:
    failing = EndpointHealth(failures=1, retry_at_ms=10, tried_upto=1)
    assert parked((3, "a")).due(failing, 9, [], InFlight()) is None
    assert parked((3, "a")).due(failing, 10, [], InFlight()) == RetryParked("a")
    assert parked((3, "a")).due(failing, 10, EVENTS, InFlight()) is None


def test_a_parked_one_waits_for_the_batch_that_has_its_url_in_hand() -> None:
    schedule, in_flight = parked((3, "a")), InFlight()
    in_flight[Delivery(Kind.BATCH, of("b", "a"), 0)] = None
    assert schedule.due(HEALTHY, 10, EVENTS, in_flight) is None
    assert schedule.next_retry_after(10) is None
    in_flight.clear()
    assert schedule.due(HEALTHY, 10, EVENTS, in_flight) == RetryParked("a")


class Flights:
    """A subscription's batches in flight, and what was first delivered when."""

    def __init__(self, log: list[LogEvent], concurrency: int, most: int) -> None:
        self.subscription = subscription(concurrency=concurrency, max_events=most)
        self.pending = list(log)
        self.flying: list[list[LogEvent]] = []
        self.settled: list[LogEvent] = []

    def start(self) -> bool:
        busy = {event.url for batch in self.flying for event in batch}
        planned = plan(
            self.subscription,
            HEALTHY,
            self.pending,
            START_MS,
            busy=busy,
            in_flight=len(self.flying),
        )
        if not isinstance(planned, Send):
            return False
        assert planned.events
        assert not busy & {event.url for event in planned.events}
        assert len(planned.events) <= self.subscription.max_events
        self.pending = planned.rest
        self.flying.append(list(planned.events))
        return True

    def land(self, index: int, taken: bool) -> None:
        batch = self.flying.pop(index % len(self.flying))
        if taken:
            self.settled += batch
        else:
            self.pending = sorted([*batch, *self.pending])


@given(
    urls=st.lists(st.sampled_from("abcdef"), max_size=40),
    concurrency=st.integers(1, 5),
    most=st.integers(1, 7),
    script=st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=40),
)
def test_nothing_is_skipped_or_sent_twice_and_each_url_keeps_its_order(
    urls: list[str], concurrency: int, most: int, script: list[tuple[int, bool]]
) -> None:
    log = of(*urls)
    flights, answers = Flights(log, concurrency, most), iter(script)
    while flights.pending or flights.flying:
        while flights.start():
            flying = [event for batch in flights.flying for event in batch]
            assert sorted([*flying, *flights.pending, *flights.settled]) == log
            assert len(flights.flying) <= concurrency
        flights.land(*next(answers, (0, True)))
    assert sorted(flights.settled) == log
    for url in set(urls):
        ours = [event for event in flights.settled if event.url == url]
        assert ours == sorted(ours)
    if concurrency == 1:
        assert flights.settled == log


@pytest.mark.parametrize(
    ("rest", "until_ms", "then"),
    [
        (Wait(5), 3, Wait(3)),
        (Wait(3), 5, Wait(3)),
        (Wait(3), None, Wait(3)),
        (Idle(), 5, Wait(5)),
        (Idle(), None, Idle()),
    ],
)
def test_nobody_rests_longer_than_until_something_else_is_due(
    rest: Wait | Idle, until_ms: int | None, then: Wait | Idle
) -> None:
    assert no_longer(rest, until_ms) == then
