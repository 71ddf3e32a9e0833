"""One entity that the subscriber can't take, and everything else."""

import json

import pytest

from bus.errors import NotFound
from bus.model.delivery import Overview
from bus.model.retry_policy import RetryPolicy
from bus.model.subscription import StartAt, StartPosition
from bus.storage import Storage
from bus.subscriptions.lifecycle import seek
from bus.subscriptions.redrive import redrive
from tests.bus.clock import FakeClock
from tests.bus.delivery.pushing import Driven, Publish, overview, queued, subscribe, urls
from tests.bus.receiver import Delivery, Receiver, Reply

SCHEDULE_MS = RetryPolicy().parked_ms


def refusing(*names: str) -> dict[str, bool]:
    return dict.fromkeys(urls(*names), True)


def poison(receiver: Receiver, *names: str) -> dict[str, bool]:
    """Answer 500 to whatever holds one of these, for as long as they are in what is returned."""
    poisoned = refusing(*names)

    def decide(delivery: Delivery) -> Reply:
        return Reply(500, b"no") if set(delivery.urls) & set(poisoned) else Reply()

    receiver.decide = decide
    return poisoned


def ours(storage: Storage) -> Overview:
    return overview(storage)


def until_parked(driven: Driven, storage: Storage, events: int) -> None:
    def looked() -> bool:
        driven.forward(1_000)
        return ours(storage).parked == events and ours(storage).lag.events == 0

    driven.until(looked, "parked")


def taken(receiver: Receiver, poisoned: dict[str, bool]) -> list[str]:
    """What was in deliveries without poison."""
    batches = [d.urls for d in receiver.deliveries if not set(d.urls) & set(poisoned)]
    return [url for batch in batches for url in batch]


def test_poison_is_parked_with_its_later_events_and_the_rest_flows_on(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    poisoned = poison(receiver, "bad")
    names = [str(number) for number in range(40)]
    publish(*names[:13], "bad", *names[13:20], "bad", *names[20:])
    until_parked(driven, storage, 2)
    publish("bad", "after")
    until_parked(driven, storage, 3)
    assert taken(receiver, poisoned) == urls(*names, "after")
    (entity,) = storage.parked.all(ours(storage).subscription.id, "", 10)
    assert (entity.url, entity.events) == (urls("bad")[0], 3)


def test_when_it_can_be_taken_again_its_events_come_in_order_and_later_ones_flow(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    poisoned = poison(receiver, "bad")
    publish("1", "bad", "2", "bad")
    until_parked(driven, storage, 2)
    poisoned.clear()
    before = len(receiver.deliveries)
    driven.forward(SCHEDULE_MS[0])
    driven.until(lambda: ours(storage).parked == 0)
    publish("bad", "3")
    driven.until(lambda: queued(storage) == 0)
    arrived = [event for d in receiver.deliveries[before:] for event in d.events]
    assert [event["url"] for event in arrived] == urls("bad", "bad", "bad", "3")
    assert [event["position"] for event in arrived] == [2, 4, 5, 6]
    assert storage.parked.all(ours(storage).subscription.id, "", 10) == []


def test_poison_is_tried_on_its_schedule_and_then_is_a_dead_letter(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    poison(receiver, "bad")
    publish("1", "bad", "2")
    until_parked(driven, storage, 1)
    for failures, wait_ms in enumerate(SCHEDULE_MS):
        (entity,) = storage.parked.all(ours(storage).subscription.id, "", 10)
        left_ms = entity.retry_at_ms - driven.clock()
        assert entity.failures == failures
        assert wait_ms - 2_000 <= left_ms <= wait_ms
        tries = len(receiver.deliveries)
        driven.forward(left_ms - 1)
        driven.rounds(3)
        assert len(receiver.deliveries) == tries
        driven.forward(1)
        driven.until(lambda: len(receiver.deliveries) == tries + 1)  # noqa: B023 - called now
        driven.until(lambda: driven.pusher._client.in_flight == 0)
        driven.rounds(2)
    state = ours(storage)
    assert (state.parked, state.dead_letters, state.lag.events) == (0, 1, 0)
    (letter,) = storage.dead_letters.all(state.subscription.id)
    assert (letter.event.url, letter.answer.status, letter.answer_body) == (
        urls("bad")[0],
        500,
        b"no",
    )


@pytest.fixture
def impatient() -> RetryPolicy:
    return RetryPolicy(parked_ms=(1_000,))


def oldest(storage: Storage) -> int | None:
    (only,) = storage.overviews.listed()
    return only.oldest_ms


def test_what_is_parked_is_among_what_waits_and_its_age_counts(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    poison(receiver, "bad")
    began_ms = driven.clock()
    publish("1", "bad", "2", "bad")
    until_parked(driven, storage, 2)
    assert queued(storage) == 2
    assert oldest(storage) == driven.clock() - began_ms


def test_a_letter_that_dies_again_after_a_seek_is_one_letter(
    storage: Storage,
    driven: Driven,
    publish: Publish,
    receiver: Receiver,
    impatient: RetryPolicy,
) -> None:
    subscribe(storage, receiver.url, retry=impatient)
    poison(receiver, "bad")
    publish("1", "bad", "2")
    until_dead(driven, storage, 1)
    (before,) = storage.dead_letters.all(ours(storage).subscription.id)
    seek(storage, ours(storage).subscription.id, StartPosition(StartAt.BEGINNING))

    def died_again() -> bool:
        driven.forward(1_000)
        (letter,) = storage.dead_letters.all(ours(storage).subscription.id)
        return letter.answer.at_ms > before.answer.at_ms

    driven.until(died_again)
    assert ours(storage).dead_letters == 1


def until_dead(driven: Driven, storage: Storage, letters: int) -> None:
    def looked() -> bool:
        driven.forward(1_000)
        return ours(storage).dead_letters == letters

    driven.until(looked, "dead")


def test_a_redriven_letter_is_delivered(
    storage: Storage,
    driven: Driven,
    publish: Publish,
    receiver: Receiver,
    impatient: RetryPolicy,
) -> None:
    subscribe(storage, receiver.url, retry=impatient)
    poisoned = poison(receiver, "bad", "worse")
    publish("1", "bad", "2", "worse", "3")
    until_dead(driven, storage, 2)
    poisoned.clear()
    subscription_id = ours(storage).subscription.id
    first, second = storage.dead_letters.all(subscription_id)
    driven.until(lambda: queued(storage) == 0)
    result = redrive(storage, subscription_id, [first.id])
    assert (result.redriven, result.covered) == (1, 0)
    assert (ours(storage).parked, ours(storage).dead_letters) == (1, 1)  # it is on its way back
    driven.until(lambda: receiver.urls[-1:] == [first.event.url])
    driven.until(lambda: queued(storage) == 0)
    assert [one.id for one in storage.dead_letters.all(subscription_id)] == [second.id]
    redrive(storage, subscription_id)
    driven.until(lambda: receiver.urls[-1:] == [second.event.url])
    # On its way back it is no dead letter any more, but parked until its delivery is settled.
    driven.until(lambda: ours(storage).parked == 0)
    assert ours(storage).dead_letters == 0
    assert [one.headers["bus-replay"] for one in receiver.deliveries][-2:] == ["1", "2"]


def test_a_letter_is_not_sent_back_as_what_came_before_its_redrive(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver, impatient: RetryPolicy
) -> None:
    subscribe(storage, receiver.url, retry=impatient)
    poison(receiver, "bad")
    publish("1", "bad", "2")
    until_dead(driven, storage, 1)
    (before,) = storage.leases.held("one")
    redrive(storage, before.subscription.id)
    (after,) = storage.leases.held("one")
    assert storage.parked.take_back(before.subscription, "one", before.fence, 0) == {}
    back = storage.parked.take_back(after.subscription, "one", after.fence, 0)
    assert back == {urls("bad")[0]: 1}


def test_a_letter_whose_way_back_failed_is_redriven_all_the_same(
    storage: Storage,
    driven: Driven,
    publish: Publish,
    receiver: Receiver,
    impatient: RetryPolicy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    subscribe(storage, receiver.url, retry=impatient)
    poisoned = poison(receiver, "bad")
    publish("1", "bad", "2")
    until_dead(driven, storage, 1)
    poisoned.clear()
    take_back = storage.parked.take_back

    def away(*_: object) -> None:
        monkeypatch.setattr(storage.parked, "take_back", take_back)
        raise OSError("the store is away")

    monkeypatch.setattr(storage.parked, "take_back", away)
    redrive(storage, ours(storage).subscription.id)
    with pytest.raises(OSError, match="away"):
        driven.until(lambda: False)
    driven.until(lambda: queued(storage) == 0 and ours(storage).dead_letters == 0)
    assert receiver.urls[-1:] == urls("bad")


def test_redriving_skips_what_a_later_event_has_covered(
    storage: Storage,
    driven: Driven,
    publish: Publish,
    receiver: Receiver,
    impatient: RetryPolicy,
) -> None:
    subscribe(storage, receiver.url, retry=impatient)
    poisoned = poison(receiver, "bad", "worse")
    publish("1", "bad", "2", "worse", "3")
    until_dead(driven, storage, 2)
    poisoned.clear()
    publish("bad", type="update")
    publish("worse", type="noop")
    driven.until(lambda: queued(storage) == 0)
    seen = len(receiver.urls)
    result = redrive(storage, ours(storage).subscription.id)
    assert (result.redriven, result.covered) == (1, 1)
    driven.until(lambda: ours(storage).dead_letters == 0)
    driven.until(lambda: queued(storage) == 0)
    assert receiver.urls[seen:] == urls("worse")


def test_what_is_parked_survives_a_kill(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver, clock: FakeClock
) -> None:
    subscribe(storage, receiver.url)
    poisoned = poison(receiver, "bad")
    publish("1", "bad", "2", "bad")
    until_parked(driven, storage, 2)
    driven.pusher.close()
    publish("bad", "3")
    second = Driven(storage, clock, "two")
    second.until(lambda: receiver.urls[-1:] == urls("3"))
    second.until(lambda: ours(storage).parked == 3)
    poisoned.clear()
    second.forward(SCHEDULE_MS[0])
    second.until(lambda: queued(storage) == 0)
    assert receiver.urls[-3:] == urls("bad", "bad", "bad")
    second.pusher.close()


def test_failed_ids_in_a_2xx_are_parked_and_the_others_settled(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    refused = {urls("bad")[0]}

    def decide(delivery: Delivery) -> Reply:
        ids = [event["id"] for event in delivery.events if event["url"] in refused]
        return Reply(200, json.dumps({"failed": ids}).encode())

    receiver.decide = decide
    publish("1", "bad", "2", "bad", "3")
    driven.until(lambda: ours(storage).lag.events == 0)
    assert ours(storage).parked == 2
    assert ours(storage).sent == 3
    assert len(receiver.deliveries) == 1
    refused.clear()
    driven.forward(SCHEDULE_MS[0])
    driven.until(lambda: queued(storage) == 0)
    assert receiver.deliveries[1].urls == urls("bad", "bad")
    assert ours(storage).sent == 5


def test_an_endpoint_that_is_down_parks_nobody(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    receiver.decide = lambda _: Reply(500)
    names = [str(number) for number in range(30)]
    publish(*names)

    def tried() -> bool:
        driven.forward(600_000)
        return len(receiver.deliveries) >= 20

    driven.until(tried)
    driven.until(lambda: driven.pusher._client.in_flight == 0)
    state = ours(storage)
    assert (state.parked, state.dead_letters, state.lag.events) == (0, 0, 30)
    before = len(receiver.deliveries)
    receiver.decide = lambda _: Reply(204)

    def done() -> bool:
        driven.forward(600_000)
        return queued(storage) == 0

    driven.until(done)
    arrived = [url for delivery in receiver.deliveries[before:] for url in delivery.urls]
    assert sorted(arrived) == sorted(urls(*names))


def test_a_parked_entity_is_tried_at_once_when_somebody_asks(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    poisoned = poison(receiver, "bad")
    publish("1", "bad", "2")
    until_parked(driven, storage, 1)
    driven.rounds(3)
    poisoned.clear()
    tries = len(receiver.deliveries)
    assert storage.parked.retry(ours(storage).subscription.id, urls("bad")) == 1
    driven.until(lambda: len(receiver.deliveries) > tries)
    driven.until(lambda: ours(storage).parked == 0)


def test_what_is_not_parked_is_not_tried(storage: Storage, receiver: Receiver) -> None:
    subscribe(storage, receiver.url)
    found = ours(storage).subscription.id
    assert storage.parked.retry(found) == 0
    with pytest.raises(NotFound):
        storage.parked.retry(found, urls("never"))
