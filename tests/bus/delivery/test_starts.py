"""Where subscriptions begin, what they choose, and where they are moved."""

import pytest
from service_kit.webhooks import new_secret

from bus.model.subscription import StartAt, StartPosition, State
from bus.storage import Storage
from bus.subscriptions import lifecycle
from bus.subscriptions.lifecycle import seek
from tests.bus.clock import FakeClock
from tests.bus.delivery.pushing import Driven, Publish, client_id, overview, queued, subscribe, urls
from tests.bus.receiver import Receiver
from tests.bus.samples import wanted

BEGINNING, SNAPSHOT = StartPosition(StartAt.BEGINNING), StartPosition(StartAt.SNAPSHOT)


def until_delivered(driven: Driven, storage: Storage) -> None:
    driven.until(lambda: queued(storage) == 0)


def test_patterns_choose_topics_and_types(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url, "bids.create", "orders")
    publish("1", type="create")
    publish("2", type="update")
    publish("3", topic="orders", type="update")
    publish("4", topic="others")
    driven.until(lambda: len(receiver.urls) == 2)
    driven.rounds(5)
    assert receiver.urls == urls("1", "3")


def test_a_star_chooses_everything_in_order(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url, "*")
    publish("1")
    publish("2", topic="orders")
    publish("3", topic="others", type="delete")
    until_delivered(driven, storage)
    assert receiver.urls == urls("1", "2", "3")


def test_long_runs_of_what_is_not_wanted_are_passed_over(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    for _ in range(6):
        publish(*["x"] * 500, type="update")
    publish("1")
    subscribe(storage, receiver.url, "bids.create", start=BEGINNING, max_events=10)
    driven.until(lambda: receiver.urls == urls("1"))


def test_from_the_beginning(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    publish("1", "2")
    subscribe(storage, receiver.url, start=BEGINNING)
    publish("3")
    until_delivered(driven, storage)
    assert receiver.urls == urls("1", "2", "3")


def test_after_a_position(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    publish("1", "2", "3")
    subscribe(storage, receiver.url, start=StartPosition(StartAt.POSITION, 1))
    until_delivered(driven, storage)
    assert receiver.urls == urls("2", "3")


@pytest.mark.parametrize(("minutes", "names"), [(0, "0123"), (1, "123"), (3, "3"), (9, "")])
def test_from_a_time(
    storage: Storage,
    driven: Driven,
    publish: Publish,
    receiver: Receiver,
    clock: FakeClock,
    minutes: int,
    names: str,
) -> None:
    began_ms = clock()
    for name in "0123":
        publish(name)
        clock.forward(60_000)
    at_ms = began_ms + minutes * 60_000
    subscribe(storage, receiver.url, start=StartPosition(StartAt.TIME, at_ms))
    publish("after")
    until_delivered(driven, storage)
    assert receiver.urls == urls(*names, "after")


def test_a_snapshot_is_the_last_event_of_every_live_entity(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    publish("a", "b", "c")
    publish("a", type="update")
    publish("b", type="delete")
    publish("other", topic="orders")
    subscribe(storage, receiver.url, start=SNAPSHOT)
    publish("d")
    until_delivered(driven, storage)
    events = [event for delivery in receiver.deliveries for event in delivery.events]
    assert [(event["url"], event["type"]) for event in events] == [
        (urls("c")[0], "create"),
        (urls("a")[0], "update"),
        (urls("d")[0], "create"),
    ]


def test_a_snapshot_of_types_has_the_last_of_these_types(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    publish("a", "b", type="create")
    publish("a", type="update")
    publish("b", type="delete")
    subscribe(storage, receiver.url, "bids.create", start=SNAPSHOT)
    driven.until(lambda: receiver.urls == urls("a"))


def test_a_large_snapshot_goes_in_batches_and_survives_a_kill(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver, clock: FakeClock
) -> None:
    names = [str(number) for number in range(250)]
    publish(*names)
    publish(*names[:50], type="update")
    subscribe(storage, receiver.url, start=SNAPSHOT, max_events=20)
    assert (overview(storage).lag.events, overview(storage).lag.oldest_ms) == (250, 0)
    publish("250")
    assert queued(storage) == 251
    driven.until(lambda: overview(storage).sent >= 60)
    driven.pusher.close()
    assert queued(storage) == 251 - overview(storage).sent
    second = Driven(storage, clock, "two")
    second.until(lambda: queued(storage) == 0)
    assert receiver.urls == urls(*names[50:], *names[:50], "250")
    second.pusher.close()


def test_who_died_while_taking_a_snapshot_asks_again_and_gets_it(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    publish("1")
    request = wanted(receiver.url)
    subscriber = client_id(storage, "subscriber")
    storage.subscriptions.replace(subscriber, request, new_secret(), waits_for_snapshot=True)
    publish("2")
    driven.rounds(5)
    assert receiver.deliveries == []
    assert overview(storage).subscription.state is State.PAUSED
    lifecycle.subscribe(storage, subscriber, "default", request, SNAPSHOT, new_secret())
    until_delivered(driven, storage)
    assert receiver.urls == urls("1", "2")


def test_seeking_back_delivers_again(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    publish("before")
    subscribe(storage, receiver.url)
    publish("1", "2")
    until_delivered(driven, storage)
    seek(storage, overview(storage).subscription.id, BEGINNING)
    until_delivered(driven, storage)
    assert receiver.urls == urls("1", "2", "before", "1", "2")
    told = [
        (one["id"], by.headers["bus-replay"]) for by in receiver.deliveries for one in by.events
    ]
    assert [replay for _, replay in told] == ["0", "0", "1", "1", "1"]
    assert [id for id, _ in told[:2]] == [id for id, _ in told[3:]]


def test_seeking_forward_leaves_out(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    storage.subscriptions.pause(overview(storage).subscription.id)
    publish("1", "2", "3")
    seek(storage, overview(storage).subscription.id, StartPosition(StartAt.POSITION, 2))
    storage.subscriptions.resume(overview(storage).subscription.id)
    until_delivered(driven, storage)
    assert receiver.urls == urls("3")


def test_seeking_to_a_snapshot(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    publish("1", "1", "2")
    until_delivered(driven, storage)
    seek(storage, overview(storage).subscription.id, SNAPSHOT)
    until_delivered(driven, storage)
    assert receiver.urls == urls("1", "1", "2", "1", "2")


def test_an_outcome_from_before_a_seek_does_not_move_the_cursor(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    receiver.gate.clear()
    subscribe(storage, receiver.url)
    publish("1", "2")
    driven.until(lambda: receiver.deliveries)
    seek(storage, overview(storage).subscription.id, BEGINNING)
    receiver.gate.set()
    driven.until(lambda: overview(storage).sent == 2)
    until_delivered(driven, storage)
    assert receiver.urls == urls("1", "2", "1", "2")


def test_a_client_has_several_subscriptions_each_with_its_own_cursor(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    publish("1")
    subscribe(storage, f"{receiver.url}/all", name="all", start=BEGINNING)
    subscribe(storage, f"{receiver.url}/orders", "orders", name="orders")
    publish("2", topic="orders")
    publish("3")
    until_delivered(driven, storage)
    got: dict[str, list[str]] = {path: [] for path in ("/events/all", "/events/orders")}
    for delivery in receiver.deliveries:
        got[delivery.path] += delivery.urls
    assert got == {"/events/all": urls("1", "3"), "/events/orders": urls("2")}


def test_what_was_trimmed_before_it_was_delivered_is_told_once(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    storage.subscriptions.pause(overview(storage).subscription.id)
    publish(*(str(number) for number in range(1, 11)))
    storage.log.trim(before=7)
    driven.rounds(3)
    storage.subscriptions.resume(overview(storage).subscription.id)
    until_delivered(driven, storage)
    first, *others = [event for d in receiver.deliveries for event in d.events]
    assert (first["topic"], first["type"]) == ("bus", "resync")
    assert first["data"] == {"from": 1, "to": 6}
    assert [event["url"] for event in others] == urls("7", "8", "9", "10")


def test_a_resync_is_told_again_until_it_is_taken(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver, clock: FakeClock
) -> None:
    receiver.statuses = [500, 500]
    subscribe(storage, receiver.url)
    storage.subscriptions.pause(overview(storage).subscription.id)
    publish(*(str(number) for number in range(1, 11)))
    storage.log.trim(before=7)
    storage.subscriptions.resume(overview(storage).subscription.id)
    driven.until(lambda: len(receiver.deliveries) == 1)
    driven.until(lambda: driven.pusher._client.in_flight == 0)
    driven.rounds(3)
    driven.pusher.close()
    second = Driven(storage, clock, "two")

    def done() -> bool:
        second.forward(1_000)
        return queued(storage) == 0

    second.until(done)
    told = [d.events[0]["data"] for d in receiver.deliveries if d.events[0]["type"] == "resync"]
    assert len(told) == 3
    assert set(map(str, told)) == {str({"from": 1, "to": 6})}
    second.pusher.close()


def test_an_idle_subscriber_is_not_told_of_what_was_never_its_own(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver, clock: FakeClock
) -> None:
    subscribe(storage, receiver.url)
    driven.rounds(2)
    publish(*(str(number) for number in range(20)), topic="orders")
    driven.forward(30_000)
    driven.rounds(5)
    driven.pusher.close()
    storage.log.trim(before=15)
    publish("1")
    second = Driven(storage, clock, "two")
    second.until(lambda: receiver.urls == urls("1"))
    second.pusher.close()
