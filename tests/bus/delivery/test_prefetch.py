"""Batches that are made while the one before is in flight: sent when the guess was right."""

import base64
from datetime import UTC, datetime

from standardwebhooks import Webhook

from bus.storage import Storage
from tests.bus.clock import FakeClock
from tests.bus.delivery.pushing import SECRET, Driven, Publish, queued, subscribe, urls
from tests.bus.receiver import Receiver, Reply

NAMES = [str(number) for number in range(10)]


def held_up(storage: Storage, driven: Driven, publish: Publish, receiver: Receiver) -> None:
    """A backlog in batches of 3: the first is in flight, and the second is made."""
    receiver.gate.clear()
    subscribe(storage, receiver.url, max_events=3)
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
    assert [head["bus-position"] for head in heads] == ["3", "6", "9", "10"]
    assert [head["bus-previous-position"] for head in heads] == ["0", "3", "6", "9"]
    assert {head["bus-attempt"] for head in heads} == {"1"}
    at = datetime.fromtimestamp(clock() // 1000, UTC)
    for one in receiver.deliveries:
        signed = Webhook(SECRET).sign(one.headers["webhook-id"], at, one.body.decode())
        assert one.headers["webhook-signature"] == signed


def test_a_batch_made_ahead_waits_for_the_one_that_failed(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    receiver.statuses = [500]
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

    receiver.decide = refuse_0
    receiver.gate.clear()
    subscribe(storage, receiver.url, max_events=2)
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
