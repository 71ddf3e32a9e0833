"""A subscription through whatever may happen to it: answers of all kinds, in any order, crashes.

The rules are the real ones (planner, health, landing, lane); only the store and the socket are
played, so that hypothesis can try thousands of courses.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from hypothesis import example, given
from hypothesis import settings as many
from hypothesis import strategies as st

from bus.coalescing import coalesced
from bus.delivery import batching
from bus.delivery.batching import Send, Wait
from bus.delivery.consumer import Flight, Kind, Lane
from bus.delivery.landing import Landing, land
from bus.delivery.response import Acknowledged, Failed, Response, RetryAfter
from bus.delivery.wire.http_client import Answer
from bus.delivery.wire.request import Request
from bus.model.delivery import HEALTHY, Cursor, LeasedSubscription, Parked, Settlement
from bus.model.event import LogEvent
from bus.model.subscription import RetryPolicy, Subscription
from tests.bus.clock import START_MS
from tests.bus.samples import log_event, subscription

_REQUEST = Request("https://subscriber.example/events", (), b"")
_ANSWER = Answer(0, 500, None)
_DAY_MS = 86_400_000
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
        self.flown = 0
        self.begin()

    def begin(self) -> None:
        """A pusher takes over what is stored; what was in flight has an unknown outcome."""
        self.lane = Lane(self.stored.held)
        self.acked = set(self.stored.acked)

    # --- what the pusher does ----------------------------------------------------------------

    def send_all(self) -> None:
        """Send whatever may be sent now."""
        while self._send():
            pass

    def land(self, index: int, act: Act) -> None:
        """The answer to one of the batches in flight."""
        number = list(self.lane.flights)[index % len(self.lane.flights)]
        flight = self.lane.flights.pop(number)
        response = act(flight.events)
        if isinstance(response, Acknowledged):
            failed = {event.position for event in response.failed}
            self.acked |= {event.position for event in flight.events} - failed
        land(self.lane, Landing(flight, _ANSWER, response, self.now_ms, 10 * _DAY_MS, lambda: 1.0))

    def settle(self) -> Settlement:
        """Store how far it is, and what was parked and buried."""
        settlement = self.lane.settlement(self._seen)
        change, stored = settlement.change, self.stored
        entities = {each.url: each for each in stored.held.parked}
        if change is not None:
            entities |= {url: at for url, at in change.park.items() if at is not None}
            stored.parked |= {event.position: event for event in change.park_events}
            stored.dead |= {dead.event.position: dead.event for dead in change.bury}
            for position in change.take_back:
                del stored.parked[position]
            for url in [url for url, at in change.park.items() if at is None]:
                entities.pop(url, None)
        stored.held = LeasedSubscription(
            self.settings, settlement.cursor, settlement.health, 1, self._counted(entities)
        )
        stored.acked = frozenset(self.acked)
        self.lane.stored(settlement)
        self._check_cursor(settlement.cursor)
        return settlement

    def rest(self) -> bool:
        """Let time pass until something may be sent; False when nothing ever will be."""
        wakes = [self.lane.health.retry_at_ms, *(at_ms for at_ms, _ in self.lane.retries)]
        later = [at_ms for at_ms in wakes if at_ms > self.now_ms]
        self.now_ms = min(later, default=self.now_ms)
        return bool(later)

    @property
    def unread(self) -> list[LogEvent]:
        """What of the log this lane has not seen."""
        return [event for event in self.log if event.position > self.lane.read_upto]

    @property
    def _seen(self) -> int:
        return self.log[-1].position if self.log else 0

    def _counted(self, entities: dict[str, Parked]) -> tuple[Parked, ...]:
        for url, entity in entities.items():
            assert entity.events == sum(e.url == url for e in self.stored.parked.values())
        return tuple(entities.values())

    def _send(self) -> bool:
        lane, health = self.lane, self.lane.health
        slots = 1 if health.is_bisecting else self.settings.concurrency
        if self.now_ms < health.retry_at_ms or len(lane.flights) >= slots:
            return False
        url = batching.due(lane.retries, health, self.now_ms, others_wait=bool(lane.pending))
        if url is not None:
            self.settle()
            ours = [e for at, e in sorted(self.stored.parked.items()) if e.url == url]
            self._fly(Kind.PARKED, ours[: self.settings.max_events])
            lane.schedule()
            return True
        self._read()
        plan = batching.plan(
            self.settings,
            health,
            lane.pending,
            self.now_ms,
            busy=lane.busy(),
            in_flight=len(lane.flights),
        )
        if not isinstance(plan, Send):
            assert not isinstance(plan, Wait) or plan.until_ms > self.now_ms
            return False
        lane.pending = plan.rest
        self._fly(Kind.BATCH, plan.events)
        return True

    def _read(self) -> None:
        lane = self.lane
        while not lane.at_tail:
            if batching.is_enough(self.settings, lane.health, lane.pending, lane.busy()):
                return
            some = self.unread[: self.stride]
            lane.take(some)
            lane.read_upto = max([lane.read_upto, *(event.position for event in some)])
            lane.at_tail = len(some) < self.stride

    # --- what must hold ----------------------------------------------------------------------

    def _fly(self, kind: Kind, events: Sequence[LogEvent]) -> None:
        assert events
        assert not {*self.lane.busy()} & {event.url for event in events}, "a URL is in flight twice"
        assert not self.acked & {event.position for event in events}, "its outcome was known"
        assert len(events) <= self.settings.max_events
        if kind is Kind.BATCH:
            assert not self.lane.parked.keys() & {event.url for event in events}
        if self.lane.health.is_bisecting:
            assert not self.lane.flights
        for event in events:
            self._arrive(event)
        self.flown += 1
        self.lane.flights[self.flown] = Flight(kind, events, _REQUEST, self.now_ms, 1)

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
        if course.lane.flights:
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
        elif course.lane.flights:
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
        if course.lane.flights:
            course.land(0, act)
            course.settle()
        elif not course.rest():
            break
    assert course.lane.parked.keys() <= poison
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
        if course.lane.flights:
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
        if isinstance(step, tuple) and course.lane.flights:
            course.land(*step)
        course.settle()
        course.rest()
    finish(course, taken)
    for event in coalesced(log):
        assert course.is_settled(event.position)
