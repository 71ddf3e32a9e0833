"""Batches that are made while the one before is in flight: sent when the guess was right."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook

from bus.delivery.in_flight import Delivery, InFlight, Kind
from bus.delivery.prefetch import prefetched
from bus.delivery.wire.request import Request, delivery_request
from bus.model.delivery import HEALTHY, EndpointHealth
from bus.model.event import LogEvent
from bus.model.subscription import Subscription
from bus.storage import Storage
from tests.bus.clock import START_MS, FakeClock
from tests.bus.delivery.pushing import SECRET, Driven, Publish, queued, subscribe, urls
from tests.bus.receiver import Receiver, Reply
from tests.bus.samples import log_event, subscription

NAMES = [str(number) for number in range(10)]


def well(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver, max_events: int = 3
) -> None:
    """A subscriber that has taken an event: until then nothing is made ahead for it."""
    subscribe(storage, receiver.url, max_events=max_events)
    publish("before")
    driven.until(lambda: queued(storage) == 0)
    receiver.deliveries.clear()


def held_up(storage: Storage, driven: Driven, publish: Publish, receiver: Receiver) -> None:
    """A backlog in batches of 3: the first is in flight, and the second is made."""
    well(storage, driven, publish, receiver)
    receiver.gate.clear()
    publish(*NAMES)
    driven.until(lambda: receiver.deliveries)
    driven.rounds(3)


def test_batches_made_ahead_carry_what_they_would_have_carried(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver, clock: FakeClock
) -> None:
    held_up(storage, driven, publish, receiver)
    receiver.gate.set()
    driven.until(lambda: queued(storage) == 0)
    assert receiver.urls == urls(*NAMES)
    assert [len(one.events) for one in receiver.deliveries] == [3, 3, 3, 1]
    heads = [one.headers for one in receiver.deliveries]
    assert [head["bus-position"] for head in heads] == ["4", "7", "10", "11"]
    assert [head["bus-previous-position"] for head in heads] == ["1", "4", "7", "10"]
    assert {head["bus-attempt"] for head in heads} == {"1"}
    at = datetime.fromtimestamp(clock() // 1000, UTC)
    for one in receiver.deliveries:
        signed = Webhook(SECRET).sign(one.headers["webhook-id"], at, one.body.decode())
        assert one.headers["webhook-signature"] == signed


def test_a_batch_made_ahead_waits_for_the_one_that_failed(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    receiver.statuses = [204, 500]
    held_up(storage, driven, publish, receiver)
    receiver.gate.set()
    driven.rounds(5)
    driven.forward(10_000)
    driven.until(lambda: queued(storage) == 0)
    assert receiver.urls == [*urls(*NAMES[:3]), *urls(*NAMES)]


def test_a_batch_made_ahead_goes_without_an_entity_that_was_parked(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    def refuse_0(delivery: object) -> Reply:
        event_id = receiver.deliveries[0].events[0]["id"]
        body = f'{{"failed": ["{event_id}"]}}'.encode() if len(receiver.deliveries) == 1 else b""
        return Reply(200, body)

    well(storage, driven, publish, receiver, max_events=2)
    receiver.decide = refuse_0
    receiver.gate.clear()
    publish("0", "1", "2", "0", "3", "4")
    driven.until(lambda: receiver.deliveries)
    driven.rounds(3)
    receiver.gate.set()
    driven.until(lambda: len(receiver.urls) >= 5)
    driven.rounds(3)
    assert receiver.urls == urls("0", "1", "2", "3", "4")


def test_a_batch_made_ahead_is_made_anew_when_the_subscription_changes(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    held_up(storage, driven, publish, receiver)
    subscribe(storage, receiver.url, max_events=3, uuid="another")
    driven.rounds(5)
    receiver.gate.set()
    driven.until(lambda: queued(storage) == 0)
    another = "Basic " + base64.b64encode(b"another:x").decode()
    assert [one.headers["authorization"] for one in receiver.deliveries][1:] == [another] * 3
    assert receiver.urls == urls(*NAMES)


def test_a_batch_made_ahead_is_signed_anew_when_time_has_passed(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver, clock: FakeClock
) -> None:
    held_up(storage, driven, publish, receiver)
    driven.forward(5_000)
    receiver.gate.set()
    driven.until(lambda: queued(storage) == 0)
    assert receiver.deliveries[1].headers["webhook-timestamp"] == str(clock() // 1000)


def test_the_next_request_is_at_hand_while_the_one_before_is_on_its_way(
    storage: Storage,
    driven: Driven,
    publish: Publish,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[int] = []

    def counted(*given: Any, **more: Any) -> Request:
        made.append(given[1][-1].position)
        return delivery_request(*given, **more)

    monkeypatch.setattr("bus.delivery.wire.request.delivery_request", counted)
    held_up(storage, driven, publish, receiver)
    assert made == [1, 4, 7]
    receiver.gate.set()
    driven.until(lambda: queued(storage) == 0)
    assert made == [1, 4, 7, 10, 11]


PLAIN = subscription(max_events=2)
WAITING = [log_event(position) for position in (3, 4, 5)]


def in_flight(kind: Kind = Kind.BATCH, count: int = 1) -> InFlight:
    """So many deliveries of the events before those that wait."""
    sent = [Delivery(kind, [log_event(1), log_event(2)], 0) for _ in range(count)]
    return InFlight.fromkeys(sent)  # type: ignore[return-value]


def test_what_is_made_ahead_is_the_batch_that_comes_if_nothing_else_happens() -> None:
    made = prefetched(PLAIN, HEALTHY, WAITING, in_flight(), START_MS)
    assert made is not None
    assert (made.delivery.kind, made.delivery.previous, made.delivery.attempt) == (Kind.BATCH, 2, 1)
    assert (made.delivery.events, made.rest) == (WAITING[:2], WAITING[2:])
    assert made.fits(PLAIN, HEALTHY, WAITING, 2, START_MS + 999)


@pytest.mark.parametrize(
    ("one", "health", "waiting", "before"),
    [
        (PLAIN, HEALTHY, WAITING, in_flight(count=0)),
        (PLAIN, HEALTHY, WAITING, in_flight(count=2)),
        (PLAIN, HEALTHY, WAITING, in_flight(Kind.PARKED)),
        (PLAIN, HEALTHY, WAITING[:1], in_flight()),
        (PLAIN, EndpointHealth(failures=1), WAITING, in_flight()),
        (subscription(max_events=2, concurrency=2), HEALTHY, WAITING, in_flight()),
        (subscription(max_events=2, events_per_s=5), HEALTHY, WAITING, in_flight()),
    ],
)
def test_nothing_is_made_ahead_where_more_than_an_answer_decides(
    one: Subscription, health: EndpointHealth, waiting: list[LogEvent], before: InFlight
) -> None:
    assert prefetched(one, health, waiting, before, START_MS) is None


def test_as_many_as_a_batch_may_hold_are_enough_to_make_it_ahead() -> None:
    assert prefetched(PLAIN, HEALTHY, WAITING[:2], in_flight(), START_MS) is not None


@pytest.mark.parametrize(
    "changed",
    [
        {"subscription": subscription(max_events=2)},
        {"health": EndpointHealth()},
        {"waiting": list(WAITING)},
        {"delivered": 1},
        {"delivered": 3},
        {"now_ms": START_MS + 1_000},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_what_was_made_ahead_is_not_sent_when_anything_is_not_as_it_was_to_become(
    changed: dict[str, Any],
) -> None:
    as_supposed: dict[str, Any] = {
        "subscription": PLAIN,
        "health": HEALTHY,
        "waiting": WAITING,
        "delivered": 2,
        "now_ms": START_MS,
    }
    made = prefetched(PLAIN, HEALTHY, WAITING, in_flight(), START_MS)
    assert made is not None
    assert made.fits(**as_supposed)
    assert not made.fits(**as_supposed | changed)


def test_what_was_made_ahead_is_not_sent_when_more_waits_since() -> None:
    waiting = list(WAITING)
    made = prefetched(PLAIN, HEALTHY, waiting, in_flight(), START_MS)
    assert made is not None
    waiting.append(log_event(6))
    assert not made.fits(PLAIN, HEALTHY, waiting, 2, START_MS)
