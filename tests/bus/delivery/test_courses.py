"""A subscription through whatever may happen to it: answers of all kinds, in any order, crashes.

The consumer is the real one, with all its rules; only the store and the socket are played, so that
hypothesis can try thousands of courses.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import example, given
from hypothesis import settings as many
from hypothesis import strategies as st

from bus.delivery.batching import Fetch, Wait
from bus.delivery.consumer import Consumer
from bus.delivery.in_flight import Delivery, Kind
from bus.delivery.parked import RetryParked
from bus.delivery.response import Acknowledged, Failed, Outcome, Response, RetryAfter
from bus.delivery.terms import Terms
from bus.model.coalescing import coalesced
from bus.model.delivery import (
    HEALTHY,
    Cursor,
    LastAnswer,
    LeasedSubscription,
    Parked,
    Settlement,
)
from bus.model.event import LogEvent
from bus.model.retry_policy import RetryPolicy
from bus.model.subscription import Subscription
from tests.bus.clock import START_MS
from tests.bus.samples import log_event, subscription

pytestmark = pytest.mark.slow

_DAY_MS = 86_400_000
_TERMS = Terms(lambda: "log", 10 * _DAY_MS, lambda: 1.0)
_NEVER = RetryPolicy(parked_ms=(_DAY_MS,))

Act = Callable[[Sequence[LogEvent]], Response]
"""What the receiver answers."""


@dataclass
class Stored:
    """What a killed pusher leaves behind."""

    held: LeasedSubscription
    parked: dict[int, LogEvent] = field(default_factory=dict)
    dead: dict[int, LogEvent] = field(default_factory=dict)
    acked: frozenset[int] = frozenset()


class Course:
    """One subscription, its log and its receiver; every rule that must hold is asserted here."""

    def __init__(self, log: list[LogEvent], settings: Subscription, stride: int = 5) -> None:
        self.log, self.settings, self.stride = log, settings, stride
        self.now_ms = START_MS
        self.stored = Stored(LeasedSubscription(settings, Cursor(0, 0), HEALTHY, 1))
        self.firsts: dict[int, LogEvent] = {}  # by position, in the order of first deliveries
        self.begin()

    def begin(self) -> None:
        """A pusher takes over what is stored; what was in flight has an unknown outcome."""
        self.consumer = Consumer(self.stored.held, _TERMS)
        self.flights: list[Delivery] = []
        self.acked = set(self.stored.acked)

    # --- what the pusher does ----------------------------------------------------------------

    def send_all(self) -> None:
        """Send whatever may be sent now."""
        while self._do_next():
            pass

    def land(self, index: int, act: Act) -> None:
        """The answer to one of the batches in flight."""
        delivery = self.flights.pop(index % len(self.flights))
        response = act(delivery.events)
        if isinstance(response, Acknowledged):
            failed = {event.position for event in response.failed}
            self.acked |= {event.position for event in delivery.events} - failed
        shown = LastAnswer(500, None, self.now_ms)
        self.consumer.answered(delivery, Outcome(response, shown))

    def settle(self) -> Settlement:
        """Store how far it is, and what was parked and what is dead."""
        settlement = self.consumer.settlement(self._seen)
        change, stored = settlement.change, self.stored
        entities = {each.url: each for each in stored.held.parked}
        if change is not None:
            entities |= {url: at for url, at in change.park.items() if at is not None}
            stored.parked |= {event.position: event for event in change.park_events}
            stored.dead |= {dead.event.position: dead.event for dead in change.dead_letters}
            for position in change.take_back:
                del stored.parked[position]
            for url in [url for url, at in change.park.items() if at is None]:
                entities.pop(url, None)
        stored.held = LeasedSubscription(
            self.settings, settlement.cursor, settlement.health, 1, self._counted(entities)
        )
        stored.acked = frozenset(self.acked)
        self.consumer.settled(settlement)
        self._check_cursor(settlement.cursor)
        return settlement

    def rest(self) -> bool:
        """Let time pass until something may be sent; False when nothing ever will be."""
        wakes = [
            self.consumer.health.retry_at_ms,
            self.consumer._parked.next_retry_after(self.now_ms) or 0,
        ]
        later = [at_ms for at_ms in wakes if at_ms > self.now_ms]
        self.now_ms = min(later, default=self.now_ms)
        return bool(later)

    @property
    def _seen(self) -> int:
        return self.log[-1].position if self.log else 0

    def _counted(self, entities: dict[str, Parked]) -> tuple[Parked, ...]:
        for url, entity in entities.items():
            assert entity.events == sum(e.url == url for e in self.stored.parked.values())
        return tuple(entities.values())

    def _do_next(self) -> bool:
        match self.consumer.next(self.now_ms):
            case Delivery() as delivery:
                self._fly(delivery)
                self.consumer.prefetch(self.now_ms)
            case RetryParked(url):
                self.settle()
                ours = [e for at, e in sorted(self.stored.parked.items()) if e.url == url]
                retried = self.consumer.retry(url, ours[: self.settings.max_events])
                assert retried is not None
                self._fly(retried)
            case Fetch():
                self._read()
            case Wait(until_ms):
                assert until_ms > self.now_ms
                return False
            case _:
                return False
        return True

    def _read(self) -> None:
        ahead = self.consumer.backlog
        if ahead.scan is not None:
            last = {(e.topic, e.type, e.url): e.position for e in self.log}
            found = [(*at, last[at]) for at in sorted(last, key=lambda at: last[at])]
            some = [one for one in found if one[3] > ahead.scan.after][: self.stride]
            ahead.scanned(some, most=50, ended=len(some) < self.stride)
        elif ahead.queue:
            queued = set(ahead.queue[: self.stride])
            ahead.read_queued(len(queued))
            self.consumer.offer([event for event in self.log if event.position in queued])
        else:
            events = [event for event in self.log if event.position > ahead.read_upto]
            some_events = events[: self.stride]
            self.consumer.offer(some_events)
            if len(some_events) < self.stride:
                ahead.read_all(self._seen, of_snapshot=False)
            else:
                ahead.read_some(some_events[-1].position, self.stride, of_snapshot=False)

    # --- what must hold ----------------------------------------------------------------------

    def _fly(self, delivery: Delivery) -> None:
        events, urls = delivery.events, {event.url for event in delivery.events}
        assert events
        busy = {event.url for flight in self.flights for event in flight.events}
        assert not busy & urls, "a URL is in flight twice"
        assert not self.acked & {event.position for event in events}, "its outcome was known"
        assert len(events) <= self.settings.max_events
        if delivery.kind is Kind.BATCH:
            assert not any(url in self.consumer._parked for url in urls)
        if self.consumer.health.is_bisecting:
            assert not self.flights
        for event in events:
            self._arrive(event)
        self.flights.append(delivery)

    def _arrive(self, event: LogEvent) -> None:
        if event.position not in self.firsts:
            later = [p for p, e in self.firsts.items() if e.url == event.url and p > event.position]
            assert not later or self.is_covered(event), "a later event of its URL came first"
            self.firsts[event.position] = event

    def is_covered(self, event: LogEvent) -> bool:
        """Whether a receiver that fetches needs it no more, by a later event."""
        if not self.settings.coalesce:
            return False
        return event not in coalesced(self.log)

    def is_settled(self, position: int) -> bool:
        """Whether the store knows what became of an event."""
        stored = self.stored
        return position in stored.acked or position in stored.parked or position in stored.dead

    def _check_cursor(self, cursor: Cursor) -> None:
        for event in self.log:
            at = event.position
            if at <= cursor.reached and at not in cursor.left_behind and at > cursor.position:
                assert self.is_settled(at) or self.is_covered(event)
            if at <= cursor.position:
                assert self.is_settled(at) or self.is_covered(event), "the cursor passed it by"


def taken(_: Sequence[LogEvent]) -> Response:
    return Acknowledged()


def refused(_: Sequence[LogEvent]) -> Response:
    return Failed()


def unreachable(_: Sequence[LogEvent]) -> Response:
    return Failed(unreachable=True)


def deferred(_: Sequence[LogEvent]) -> Response:
    return RetryAfter(1_000)


def half_taken(events: Sequence[LogEvent]) -> Response:
    """All but each second one; a batch of which nothing is taken has failed."""
    failed = tuple(events[::2])
    return Failed() if len(failed) == len(events) else Acknowledged(failed)


def finish(course: Course, act: Act, most: int = 5_000) -> None:
    """Answer everything this way until nothing is left to do."""
    for _ in range(most):
        course.send_all()
        if course.flights:
            course.land(0, act)
            course.settle()
        elif not course.rest():
            course.settle()
            return
    raise AssertionError("it does not come to an end")


def logs(least: int = 0) -> st.SearchStrategy[list[LogEvent]]:
    told = st.tuples(
        st.sampled_from("abcde"), st.sampled_from(["create", "update", "noop", "delete"])
    )
    return st.lists(told, min_size=least, max_size=40).map(
        lambda all_: [log_event(at, url=url, type=type) for at, (url, type) in enumerate(all_, 1)]
    )


usual = st.just(RetryPolicy())


def settings(
    retry: st.SearchStrategy[RetryPolicy] = usual,
) -> st.SearchStrategy[Subscription]:
    return st.builds(
        subscription,
        concurrency=st.integers(1, 4),
        max_events=st.integers(1, 12),
        coalesce=st.booleans(),
        retry=retry,
    )


quick_to_die = st.sampled_from([(), (1_000,), (1_000, 2_000)]).map(
    lambda waits: RetryPolicy(first_ms=100, longest_ms=500, parked_ms=waits)
)
answers = st.sampled_from(
    [taken, taken, taken, refused, refused, unreachable, deferred, half_taken]
)
steps = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 9), answers), st.sampled_from(["settle", "crash", "rest", "rest"])
    ),
    min_size=20,
    max_size=60,
)


@many(max_examples=200)
@example(  # a probe after a crash reads no further than itself: what it has not read is not lost
    [log_event(at, url=url) for at, url in enumerate("aab", 1)],
    subscription(concurrency=2, max_events=1),
    [(1, taken), (0, refused), "settle", "crash", "rest", "settle", "crash"],
    1,
)
@given(logs(8), settings(quick_to_die), steps, st.integers(1, 9))
def test_whatever_is_answered_nothing_is_skipped_or_doubled_and_urls_keep_their_order(
    log: list[LogEvent],
    wanted: Subscription,
    script: list[tuple[int, Act] | str],
    stride: int,
) -> None:
    course = Course(log, wanted, stride)
    for step in script:
        course.send_all()
        if step == "settle":
            course.settle()
        elif step == "crash":
            course.begin()
        elif step == "rest":
            course.rest()
        elif course.flights:
            course.land(*step)
    finish(course, taken)
    assert not course.stored.parked
    for event in log:
        assert course.is_settled(event.position) or course.is_covered(event)


@given(logs(), settings(st.just(_NEVER)), st.sets(st.sampled_from("abcde")), st.integers(1, 9))
def test_parked_urls_hold_nobody_else_back(
    log: list[LogEvent], wanted: Subscription, poison: set[str], stride: int
) -> None:
    def act(events: Sequence[LogEvent]) -> Response:
        return Failed() if poison & {event.url for event in events} else Acknowledged()

    course, end_ms = Course(log, wanted, stride), START_MS + _DAY_MS // 2
    while course.now_ms < end_ms:
        course.send_all()
        if course.flights:
            course.land(0, act)
            course.settle()
        elif not course.rest():
            break
    assert {each.url for each in course.stored.held.parked} <= poison
    assert not course.stored.dead
    for event in log:
        if event.url not in poison:
            assert event.position in course.acked or course.is_covered(event)


@given(logs(), settings(), st.lists(st.sampled_from([refused, unreachable, deferred]), max_size=30))
def test_an_endpoint_that_refuses_everything_is_down_and_nobody_is_blamed(
    log: list[LogEvent], wanted: Subscription, outage: list[Act]
) -> None:
    course = Course(log, wanted)
    for act in outage:
        course.send_all()
        if course.flights:
            course.land(0, act)
            settled = course.settle()
            assert settled.change is None  # nothing is written per event
            assert settled.cursor.delivered == 0
        else:
            course.rest()
    finish(course, taken)
    assert not course.stored.parked
    assert not course.stored.dead
    for event in log:
        assert event.position in course.acked or course.is_covered(event)


@given(logs(8), st.integers(1, 12), quick_to_die, steps, st.integers(1, 9))
def test_who_fetches_knows_the_same_though_a_coalesced_course_was_rough(
    log: list[LogEvent],
    most: int,
    retry: RetryPolicy,
    script: list[tuple[int, Act] | str],
    stride: int,
) -> None:
    """The last word about every entity was taken, or is among the dead letters."""
    wanted = subscription(max_events=most, coalesce=True, retry=retry)
    course = Course(log, wanted, stride)
    for step in script:
        course.send_all()
        if isinstance(step, tuple) and course.flights:
            course.land(*step)
        course.settle()
        course.rest()
    finish(course, taken)
    for event in coalesced(log):
        assert course.is_settled(event.position)
