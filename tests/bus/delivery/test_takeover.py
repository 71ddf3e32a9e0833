"""Two pushers on one store."""

from collections.abc import Callable, Iterator

import pytest
from service_kit.tokens import digest

from bus.delivery.lease import LAPSES_AFTER_MS
from bus.storage import Storage, open_storage
from tests.bus.clock import FakeClock
from tests.bus.conftest import TOKENS
from tests.bus.delivery.pushing import Driven, queued, subscribe
from tests.bus.receiver import Receiver
from tests.bus.samples import publication, wanted

Publish = Callable[[str], object]


@pytest.fixture
def first(storage: Storage, clock: FakeClock) -> Iterator[Driven]:
    made = Driven(storage, clock, "first")
    yield made
    made.pusher.close()


@pytest.fixture
def second(url: str, storage: Storage, clock: FakeClock) -> Iterator[Driven]:
    another = open_storage(url, clock)
    made = Driven(another, clock, "second")
    yield made
    made.pusher.close()
    another.close()


@pytest.fixture
def publish(storage: Storage) -> Publish:
    found = storage.clients.find(digest(TOKENS["publisher"]))
    assert found is not None
    return lambda url: storage.log.append([publication(found[1].id, url)])


@pytest.fixture
def subscribed(storage: Storage, receiver: Receiver) -> None:
    found = storage.clients.find(digest(TOKENS["subscriber"]))
    assert found is not None
    storage.subscriptions.replace(found[1].id, wanted(receiver.url), "whsec_" + "a2V5" * 8)


def test_a_standby_delivers_nothing_while_the_holder_lives(
    storage: Storage,
    first: Driven,
    second: Driven,
    publish: Publish,
    receiver: Receiver,
    subscribed: None,
) -> None:
    first.rounds(2)
    publish("https://x.example/1")
    second.rounds(5)
    assert receiver.deliveries == []
    first.until(lambda: queued(storage) == 0)
    assert len(receiver.deliveries) == 1


def test_a_standby_takes_over_within_ten_seconds_of_a_death(
    storage: Storage,
    first: Driven,
    second: Driven,
    publish: Publish,
    receiver: Receiver,
    subscribed: None,
) -> None:
    first.rounds(2)
    second.rounds(2)
    publish("https://x.example/1")
    last_sign_ms = second.steady_ms()
    second.watch(LAPSES_AFTER_MS - 2_000)
    assert receiver.deliveries == []
    second.watch(2_000)
    second.until(lambda: receiver.deliveries)
    assert second.steady_ms() - last_sign_ms <= 10_000
    second.until(lambda: queued(storage) == 0)


def test_who_was_taken_over_does_not_settle_what_it_had_in_flight(
    storage: Storage,
    first: Driven,
    second: Driven,
    publish: Publish,
    receiver: Receiver,
    subscribed: None,
) -> None:
    receiver.gate.clear()
    publish("https://x.example/1")
    first.until(lambda: receiver.deliveries, "the first has sent")
    second.rounds(2)
    second.watch(LAPSES_AFTER_MS + 2_000)
    second.until(lambda: len(receiver.deliveries) == 2, "the second has sent too")
    receiver.gate.set()
    first.until(lambda: first.pusher._client.in_flight == 0)
    first.rounds(3)
    second.until(lambda: queued(storage) == 0)
    (state,) = storage.overviews.listed()
    assert state.sent == 1


def test_a_pusher_that_stood_still_gives_way_to_the_one_that_took_over(
    storage: Storage,
    first: Driven,
    second: Driven,
    publish: Publish,
    receiver: Receiver,
    subscribed: None,
) -> None:
    first.rounds(2)
    second.rounds(2)
    second.watch(LAPSES_AFTER_MS + 2_000)
    first.stand_still(LAPSES_AFTER_MS + 2_000)
    publish("https://x.example/1")
    first.rounds(5)
    assert receiver.deliveries == []
    second.until(lambda: queued(storage) == 0)
    assert len(receiver.deliveries) == 1


def test_a_pusher_that_stops_hands_over_at_once(
    storage: Storage,
    first: Driven,
    second: Driven,
    publish: Publish,
    receiver: Receiver,
    subscribed: None,
) -> None:
    first.rounds(2)
    second.rounds(2)
    first.pusher.close()
    publish("https://x.example/1")
    second.forward(2_000)
    second.until(lambda: queued(storage) == 0)
    assert len(receiver.deliveries) == 1


def subscribe_many(storage: Storage, receiver: Receiver, count: int) -> None:
    for number in range(count):
        subscribe(storage, receiver.url, name=f"s{number}")


def shares(storage: Storage, *pushers: Driven) -> list[int]:
    return [storage.leases.counts(one.pusher._lease.name).mine for one in pushers]


def test_pushers_share_the_subscriptions_and_every_event_comes_once_for_each(
    storage: Storage, first: Driven, second: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe_many(storage, receiver, 6)
    first.rounds(3)
    assert shares(storage, first, second) == [6, 0]
    publish("https://x.example/1")

    def even() -> bool:
        second.round()
        first.forward(2_000)
        second.stand_still(2_000)
        return shares(storage, first, second) == [3, 3]

    first.until(even, "shared")
    publish("https://x.example/2")

    def delivered() -> bool:
        second.round()
        return queued(storage) == 0

    first.until(delivered)
    assert sorted(receiver.urls) == ["https://x.example/1"] * 6 + ["https://x.example/2"] * 6


def test_who_is_left_takes_all_of_what_was_shared(
    storage: Storage, first: Driven, second: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe_many(storage, receiver, 4)

    def even() -> bool:
        second.round()
        first.forward(2_000)
        second.stand_still(2_000)
        return shares(storage, first, second) == [2, 2]

    first.until(even, "shared")
    died_at_ms = second.steady_ms()
    publish("https://x.example/1")

    def taken_over() -> bool:
        second.forward(500)
        return shares(storage, first, second) == [0, 4]

    second.until(taken_over)
    assert second.steady_ms() - died_at_ms <= 10_000
    second.until(lambda: queued(storage) == 0)
    assert len(receiver.urls) == 4


def test_what_was_to_be_shared_goes_on_when_the_other_is_gone_before_it_could_be(
    storage: Storage, first: Driven, second: Driven, publish: Publish, receiver: Receiver
) -> None:
    for name in ("s0", "s1"):
        subscribe(storage, receiver.url, name=name, max_events=1)
    receiver.gate.clear()
    publish("https://x.example/1")
    publish("https://x.example/2")
    first.until(lambda: len(receiver.deliveries) == 2, "both have something in flight")
    second.rounds(2)
    first.forward(2_000)
    first.round()
    second.pusher.close()
    receiver.gate.set()
    first.until(lambda: queued(storage) == 1, "one was to go, and waits")
    first.forward(2_000)
    first.until(lambda: queued(storage) == 0)


def test_a_test_event_that_was_sent_is_not_sent_again_by_who_takes_over(
    storage: Storage, first: Driven, second: Driven, receiver: Receiver, subscribed: None
) -> None:
    (mine,) = storage.overviews.every()
    storage.subscriptions.want_test(mine.subscription.id)
    first.until(lambda: receiver.deliveries)
    first.until(lambda: not first.pusher._client.in_flight)
    first.pusher.close()
    second.rounds(10)
    assert len(second.pusher._registry) == 1
    assert len(receiver.deliveries) == 1
