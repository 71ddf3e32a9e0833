"""From what consumers want to requests on their way, and from answers back to consumers."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest

from bus.delivery.answer import Answer
from bus.delivery.consumer import Consumer
from bus.delivery.dispatcher import Dispatcher
from bus.delivery.run_queue import RunQueue
from bus.delivery.terms import Terms
from bus.delivery.wire.request import Request
from bus.model.delivery import EndpointHealth, LastAnswer, LeasedSubscription, Parked, WantedResend
from bus.model.event import LogEvent
from bus.model.subscription import Format, SigningSecrets
from tests.bus.clock import START_MS
from tests.bus.samples import held, log_event

TERMS = Terms(lambda: "log", 10**9, lambda: 1.0)
HOUR_MS = 3_600_000
OK: dict[str, Any] = {"status": 204, "error": None}


@dataclass
class World:
    """A dispatcher and all around it; what is stored is an hour ahead of the time here."""

    run_queue: RunQueue = field(default_factory=RunQueue)
    started: dict[int, Request] = field(default_factory=dict)
    consumers: dict[int, Consumer] = field(default_factory=dict)
    settled: list[Any] = field(default_factory=list)
    filled: list[Consumer] = field(default_factory=list)
    ahead: list[Consumer] = field(default_factory=list)
    set_aside: list[Consumer] = field(default_factory=list)
    taken_again: list[int] = field(default_factory=list)
    at_ms: int = START_MS
    found: Sequence[LogEvent] = ()
    """What the store has of parked events and of those to be sent again."""
    per_read: int = 1
    again: bool = False

    def __post_init__(self) -> None:
        parts: dict[str, Any] = {
            "registry": SimpleNamespace(
                find=self.consumers.get,
                set_aside=self.set_aside.append,
                take_again=self.taken_again.append,
            ),
            "run_queue": self.run_queue,
            "fetcher": SimpleNamespace(fill=self._fill, fill_ahead=self.ahead.append),
            "settler": SimpleNamespace(
                add=self.settled.append, settle=lambda: self.settled.append("all")
            ),
            "timeline": SimpleNamespace(
                now_ms=lambda: self.at_ms, stored_ms=lambda at_ms: at_ms + HOUR_MS
            ),
        }
        store: Any = SimpleNamespace(events=lambda *_: self.found)
        client: Any = SimpleNamespace(start=self.started.__setitem__)
        self.dispatcher = Dispatcher(store, store, client, **parts)

    def _fill(self, consumer: Consumer) -> bool:
        self.filled.append(consumer)
        place = consumer.backlog.read_upto
        consumer.offer([log_event(place + n) for n in range(1, self.per_read + 1)])
        consumer.backlog.skip(place + self.per_read)
        return self.again

    def hold(self, leased: LeasedSubscription, *positions: int, at_tail: bool = True) -> Consumer:
        made = Consumer(leased, TERMS)
        made.offer([log_event(place) for place in positions])
        if at_tail:
            made.backlog.read_all(max(positions, default=0), of_snapshot=False)
        self.consumers[leased.subscription.id] = made
        self.run_queue.wake(leased.subscription.id)
        return made

    def answer(self, key: int = 1, **answer: Any) -> None:
        self.dispatcher.take_in([Answer(key, **answer)])


@pytest.fixture
def world() -> World:
    return World()


def head(request: Request, name: str) -> str:
    return next(line.partition(": ")[2] for line in request.headers if line.startswith(f"{name}:"))


def test_what_is_due_is_sent_until_nothing_more_may_be(world: World) -> None:
    world.hold(held(max_events=2, concurrency=2), 1, 2, 3, 4, 5)
    assert world.dispatcher.send_due() is True
    assert [head(one, "bus-position") for one in world.started.values()] == ["2", "4"]
    assert {head(one, "webhook-timestamp") for one in world.started.values()} == {
        str((START_MS + HOUR_MS) // 1_000)
    }
    assert world.dispatcher.send_due() is False


def test_who_is_not_held_any_more_is_passed_by(world: World) -> None:
    world.run_queue.wake(9)
    assert world.dispatcher.send_due() is False
    assert world.taken_again == [9]


def test_one_that_nobody_understands_is_set_aside_and_the_next_is_sent(world: World) -> None:
    bad = world.hold(held(secrets=SigningSecrets("whsec_\\xff")), 1)
    world.hold(held(id=2), 1)
    assert world.dispatcher.send_due() is True
    assert (world.set_aside, len(world.started)) == ([bad], 1)
    assert world.run_queue.next_due_ms() == START_MS + 30_000


def test_who_waits_is_looked_at_when_the_time_has_come(world: World) -> None:
    world.hold(held(timeout_ms=500), 1)
    assert world.dispatcher.send_due() is False
    assert world.run_queue.next_due_ms() == START_MS + 500
    world.at_ms += 500
    assert world.dispatcher.send_due() is True


def test_who_reads_a_lot_lets_others_come_in_between(world: World) -> None:
    one = world.hold(held(max_events=100), at_tail=False)
    world.dispatcher.send_due()
    assert (len(world.filled), world.run_queue.next_due_ms(), world.started) == (4, 0, {})
    world.per_read = 100
    world.dispatcher.send_due()
    assert (world.filled[4:], len(world.started)) == ([one], 1)


def test_who_is_to_read_again_later_is_looked_at_in_the_next_round(world: World) -> None:
    world.again = True
    world.hold(held(max_events=100), at_tail=False)
    world.dispatcher.send_due()
    assert (len(world.filled), world.run_queue.next_due_ms()) == (1, 0)


def test_who_has_sent_may_read_as_much_again(world: World) -> None:
    world.hold(held(max_events=3, concurrency=5), at_tail=False)
    world.dispatcher.send_due()
    assert (len(world.filled), len(world.started)) == (15, 5)


@pytest.mark.parametrize(
    ("positions", "at_tail", "is_behind"),
    [((1, 2), True, True), ((1,), False, True), ((1,), True, False)],
)
def test_for_who_has_more_than_is_on_its_way_it_is_read_ahead_once(
    world: World, positions: Sequence[int], at_tail: bool, is_behind: bool
) -> None:
    one = world.hold(held(max_events=1), *positions, at_tail=at_tail)
    world.dispatcher.send_due()
    assert world.dispatcher.prefetch() is is_behind
    assert world.ahead == [one] * is_behind
    assert world.dispatcher.prefetch() is False


def test_an_answer_is_taken_in_settled_and_recorded(world: World) -> None:
    one = world.hold(held(), 1, 2)
    world.dispatcher.send_due()
    world.at_ms += 40
    world.answer(**OK)
    assert (one.in_flight, one.settlement(2).cursor.position) == (0, 2)
    assert (world.settled, world.run_queue.next_due_ms()) == ([one], 0)
    assert one.settlement(2).answer == LastAnswer(204, None, START_MS + 40)
    (exchange,) = world.dispatcher.take_exchanges()
    assert (exchange.at_ms, exchange.duration_ms) == (START_MS + HOUR_MS, 40)
    assert (exchange.attempt, len(exchange.events), exchange.error) == (1, 2, None)
    assert (exchange.resend, exchange.refused, exchange.passed) == (False, 0, True)
    assert exchange.request == world.started[1]
    assert world.dispatcher.take_exchanges() == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"status": None, "error": "timed out"}, "timed out"),
        ({"status": 500, "error": None}, None),
        ({"status": 200, "error": None, "body": b"<!doctype html>"}, "not"),
    ],
)
def test_why_an_attempt_failed_is_shown(
    world: World, answer: dict[str, Any], error: str | None
) -> None:
    one = world.hold(held(), 1)
    world.dispatcher.send_due()
    world.answer(**answer)
    shown = one.settlement(1).answer
    assert shown is not None
    assert shown.status == answer["status"]
    assert (shown.error is None) is (error is None)
    if answer["error"]:
        assert shown.error == error
    assert one.health.failures == 1
    assert len(world.dispatcher.take_exchanges()) == 1


def test_of_what_was_refused_it_is_counted_how_much_and_the_answer_kept(world: World) -> None:
    one = world.hold(held(), 1, 2)
    world.dispatcher.send_due()
    body = b'{"failed": ["test-2"]}'
    world.answer(status=200, error=None, body=body)
    (exchange,) = world.dispatcher.take_exchanges()
    assert (exchange.refused, exchange.passed) == (1, True)
    change = one.settlement(2).change
    assert change is not None
    assert [event.position for event in change.park_events] == [2]


def test_a_dead_letter_has_the_beginning_of_the_last_answer(world: World) -> None:
    given_up = held(retry=replace(held().subscription.retry, parked_ms=()))
    one = world.hold(given_up, 1, 2)
    world.dispatcher.send_due()
    world.answer(status=200, error=None, body=b'{"failed": ["test-1"], "why": "u-1"}')
    change = one.settlement(2).change
    assert change is not None
    (dead,) = change.dead_letters
    assert dead.answer_body == b'{"failed": ["test-1"], "why": "***"}'


def test_who_was_let_go_of_meanwhile_is_told_nothing_and_the_attempt_is_on_record(
    world: World,
) -> None:
    one = world.hold(held(), 1)
    world.dispatcher.send_due()
    world.run_queue.look_at_due(START_MS, lambda _: None)
    one.drop()
    world.answer(**OK)
    assert (one.in_flight, world.settled, world.run_queue.next_due_ms()) == (1, [], None)
    assert len(world.dispatcher.take_exchanges()) == 1


def test_answers_that_a_failure_keeps_from_being_taken_in_are_taken_the_next_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = world.hold(held(id=1), 1), world.hold(held(id=2), 1)
    world.dispatcher.send_due()

    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broke:
        broke.setattr(one, "answered", broken)
        with pytest.raises(ZeroDivisionError):
            world.dispatcher.take_in([Answer(key, **OK) for key in (1, 2)])
    assert (one.in_flight, other.in_flight) == (1, 1)
    world.dispatcher.take_in([])
    assert other.in_flight == 0


PARKED = replace(held(), parked=(Parked("u", 0, START_MS, 2, LastAnswer(500, None, 0)),))


def test_what_was_parked_is_settled_before_it_is_read_and_tried(world: World) -> None:
    world.hold(PARKED)
    world.found = [log_event(1, url="u"), log_event(2, url="u")]
    assert world.dispatcher.send_due() is True
    assert (world.settled, len(world.started)) == (["all"], 1)
    assert head(world.started[1], "bus-attempt") == "2"
    assert world.dispatcher.prefetch() is False  # what is parked is read from the store


def test_of_a_parked_entity_without_events_it_is_stored_that_it_is_none(world: World) -> None:
    one = world.hold(PARKED)
    assert world.dispatcher.send_due() is False
    assert world.settled == ["all", one]
    change = one.settlement(0).change
    assert change is not None
    assert change.park == {"u": None}


def test_whoever_turns_out_to_be_lost_while_it_is_settled_is_not_tried(world: World) -> None:
    one = world.hold(PARKED)
    world.found = [log_event(1, url="u")]
    world.dispatcher._settler = SimpleNamespace(settle=one.doubt)  # type: ignore[assignment]
    assert world.dispatcher.send_due() is False


def wanted(positions: str, **fields: Any) -> LeasedSubscription:
    return replace(held(**fields), resends=(WantedResend(5, positions, 3),))


def test_an_attempt_is_made_again_with_the_same_events(world: World) -> None:
    world.hold(wanted("1-2"))
    world.found = [log_event(1), log_event(2)]
    assert world.dispatcher.send_due() is True
    world.answer(**OK)
    (exchange,) = world.dispatcher.take_exchanges()
    assert (exchange.resend, exchange.attempt, len(exchange.events)) == (True, 3, 2)


@pytest.mark.parametrize(
    ("positions", "fields"), [("1-3", {}), ("1-2", {"format": Format.CLOUDEVENTS_STRUCTURED})]
)
def test_what_is_not_whole_any_more_or_too_much_by_now_is_not_sent_again(
    world: World, positions: str, fields: dict[str, Any]
) -> None:
    one = world.hold(wanted(positions, **fields))
    world.found = [log_event(1), log_event(2)]
    assert world.dispatcher.send_due() is False
    assert world.settled == [one]
    change = one.settlement(0).change
    assert change is not None
    assert change.resent == [5]


def test_while_an_endpoint_rests_nothing_is_sent(world: World) -> None:
    world.hold(held(health=EndpointHealth(failures=1, retry_at_ms=START_MS + 7)), 1)
    assert world.dispatcher.send_due() is False
    assert world.run_queue.next_due_ms() == START_MS + 7
