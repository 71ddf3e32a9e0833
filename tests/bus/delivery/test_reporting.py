"""What the bus tells of subscriptions, on its own topic (docs/delivery.md D35)."""

import json
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from typing import Any

import pytest

from bus.model.retry_policy import RetryPolicy
from bus.model.subscription import StartAt, StartPosition
from bus.storage import Storage
from bus.subscriptions import lifecycle
from bus.subscriptions.redrive import redrive
from tests.bus.clock import FakeClock
from tests.bus.delivery.pushing import Driven, Publish, overview, subscribe
from tests.bus.receiver import Delivery, Receiver, Reply

BUS = "https://bus.example/b"
OURS = f"{BUS}/clients/subscriber/subscriptions/default"
BEGINNING = StartPosition(StartAt.BEGINNING)
DAY_MS = 86_400_000


@pytest.fixture
def driven(storage: Storage, clock: FakeClock) -> Iterator[Driven]:
    """A pusher of a bus that knows where it is found."""
    made = Driven(storage, clock, public_url=BUS)
    yield made
    made.pusher.close()


def told(storage: Storage) -> list[dict[str, Any]]:
    """The `data` of all that was told, in the order of the log."""
    return [json.loads(event.body)["data"] for event in storage.log.read_after(0, ["bus"], 1_000)]


def states(storage: Storage) -> list[str]:
    """What was told, in the order of the log."""
    return [data["state"] for data in told(storage)]


def are_told(storage: Storage, count: int) -> bool:
    """Whether so much was told."""
    return len(states(storage)) == count


def are_dead(storage: Storage, count: int) -> bool:
    """Whether there are so many dead letters."""
    return overview(storage).dead_letters == count


def fail(storage: Storage, driven: Driven, receiver: Receiver, times: int) -> None:
    """Let the next attempts fail, each as soon as its pause is over."""
    receiver.statuses += [500] * times
    while receiver.statuses:
        driven.until(lambda: overview(storage).health.retry_at_ms > driven.clock())
        driven.forward(60 * 60 * 1000)


def test_a_third_failure_in_a_row_is_told_once_and_so_is_the_recovery(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    publish("1")
    fail(storage, driven, receiver, 5)
    driven.until(lambda: overview(storage).lag.events == 0)
    driven.until(lambda: states(storage) == ["failing", "recovered"])
    (first, _) = storage.log.read_after(0, ["bus"], 10)
    assert (first.type, first.url) == ("update", OURS)
    assert storage.log.last_position() == 3
    assert json.loads(first.body)["position"] == first.position


def test_a_failure_or_two_are_no_news(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    publish("1")
    fail(storage, driven, receiver, 2)
    driven.until(lambda: overview(storage).lag.events == 0)
    assert states(storage) == []


def test_a_pusher_that_takes_over_tells_nothing_again(
    storage: Storage, clock: FakeClock, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    publish("1")
    first = Driven(storage, clock, "one", public_url=BUS)
    with closing(first.pusher):
        fail(storage, first, receiver, 3)
        assert states(storage) == ["failing"]
    second = Driven(storage, clock, "two", public_url=BUS)
    with closing(second.pusher):
        fail(storage, second, receiver, 2)
        second.until(lambda: overview(storage).lag.events == 0)
    assert states(storage) == ["failing", "recovered"]


def test_gone_is_told_with_the_reason_and_each_time(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    publish("1")
    for times in (1, 2):
        receiver.statuses = [410]
        driven.until(partial(are_told, storage, times))
        driven.forward(1_000)
        lifecycle.resume(storage, overview(storage).subscription.id)
    assert told(storage) == [{"state": "disabled", "reason": "gone"}] * 2
    driven.until(lambda: states(storage)[2:] == ["recovered"])


def test_dead_letters_are_told_of_by_powers_of_ten(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    receiver.decide = refuse_the_bad
    subscribe(storage, receiver.url, retry=RetryPolicy(parked_ms=()))
    for start in range(0, 60, 3):
        publish("good", *(f"bad-{number}" for number in range(start, start + 3)))
        driven.until(partial(are_dead, storage, start + 3))
    assert told(storage) == [{"state": "dead_letters", "dead_letters": count} for count in (3, 30)]


def test_a_dead_letter_that_dies_again_is_news(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    receiver.decide = refuse_the_bad
    subscribe(storage, receiver.url, retry=RetryPolicy(parked_ms=()))
    publish("good", "bad")
    driven.until(lambda: states(storage) == ["dead_letters"])
    redrive(storage, overview(storage).subscription.id)
    driven.until(lambda: states(storage) == ["dead_letters"] * 2)


def test_what_fell_off_the_log_is_told_once(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    publish(*"12345")
    storage.log.trim(4)
    receiver.statuses = [500]
    driven.until(lambda: overview(storage).health.failures == 1)
    driven.forward(5_000)
    driven.until(lambda: overview(storage).lag.events == 0)
    assert told(storage) == [{"state": "resync", "from": 1, "to": 3}]


def test_who_listens_is_told_by_a_delivery(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, "http://127.0.0.1:1/", "bids")
    watch(storage, receiver, about="subscriber")
    publish("1")
    for _ in range(3):
        driven.until(lambda: True)
        driven.rounds(30)
        driven.forward(3_600_000)
    driven.until(lambda: receiver.urls)
    assert receiver.urls == [OURS]
    assert receiver.deliveries[0].events[0]["data"] == {"state": "failing"}


@pytest.mark.parametrize(
    ("about", "told_of"),
    [("stranger", []), ("subscriber", ["default"]), (None, ["default"]), ("", [])],
)
def test_a_client_is_told_of_its_own_subscriptions_only(
    storage: Storage,
    driven: Driven,
    publish: Publish,
    receiver: Receiver,
    about: str | None,
    told_of: list[str],
) -> None:
    subscribe(storage, f"{receiver.url}/gone")
    watch(storage, receiver, by="stranger", about=about)
    receiver.decide = lambda one: Reply(410 if one.path.endswith("gone") else 204)
    publish("1")
    driven.until(lambda: states(storage) == ["disabled"])
    driven.until(lambda: storage.overviews.one("stranger", "watch").lag.events == 0)
    got = [one for one in receiver.deliveries if not one.path.endswith("gone")]
    assert [url.rpartition("/")[2] for one in got for url in one.urls] == told_of


@pytest.mark.parametrize("options", [{}, {"coalesce": True}, {"start": BEGINNING}])
def test_every_topic_is_every_topic_of_clients(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver, options: dict[str, Any]
) -> None:
    subscribe(storage, f"{receiver.url}/gone", "bids")
    receiver.decide = lambda one: Reply(410 if one.path.endswith("gone") else 204)
    publish("1")
    driven.until(lambda: states(storage) == ["disabled"])
    subscribe(storage, receiver.url, "*", name="all", about=None, **{"start": BEGINNING} | options)
    publish("2")
    driven.until(lambda: overview(storage, "all").lag.events == 0)
    got = [one for one in receiver.deliveries if not one.path.endswith("gone")]
    assert {event["topic"] for one in got for event in one.events} == {"bids"}


def test_who_fails_at_what_it_is_told_is_not_told_of(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    """Else two who refuse what they are told would keep each other supplied."""
    receiver.decide = refuse_the_bad
    both: dict[str, Any] = {"about": None, "retry": RetryPolicy(parked_ms=())}
    subscribe(storage, receiver.url, "bids", **both)
    for name in ("one", "two"):
        subscribe(storage, receiver.url, "bus", "bids", name=name, **both)
    for number in range(4):
        publish("good", f"bad-{number}")
        driven.rounds(20)
        driven.forward(3_600_000)
    driven.until(lambda: overview(storage, "two").dead_letters >= 4)
    driven.rounds(20)
    assert {event.url for event in storage.log.read_after(0, ["bus"], 1_000)} == {OURS}
    assert states(storage) == ["dead_letters"]


def test_a_bus_that_is_found_nowhere_tells_nothing(
    storage: Storage, clock: FakeClock, publish: Publish, receiver: Receiver
) -> None:
    driven = Driven(storage, clock)
    subscribe(storage, receiver.url)
    publish("1")
    fail(storage, driven, receiver, 4)
    driven.until(lambda: overview(storage).lag.events == 0)
    assert states(storage) == []
    driven.pusher.close()


def test_nothing_is_told_of_an_outcome_that_was_not_stored(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    """Its fence has moved: whoever delivers it again is the one to tell."""
    subscribe(storage, receiver.url)
    publish("1")
    receiver.gate.clear()
    driven.until(lambda: receiver.deliveries)
    lifecycle.seek(storage, overview(storage).subscription.id, StartPosition(StartAt.NOW))
    receiver.decide = lambda _: Reply(410)
    receiver.gate.set()
    driven.rounds(20)
    assert states(storage) == []


def watch(
    storage: Storage, receiver: Receiver, *, about: str | None, by: str = "subscriber"
) -> None:
    """Subscribe to what the bus tells."""
    subscribe(storage, receiver.url, "bus", by=by, name="watch", about=about)


def refuse_the_bad(delivery: Delivery) -> Reply:
    """What clients call bad, and all that the bus tells."""
    events = [one for one in delivery.events if "bad" in one["url"] or one["topic"] == "bus"]
    return Reply(200, json.dumps({"failed": [one["id"] for one in events]}).encode())
