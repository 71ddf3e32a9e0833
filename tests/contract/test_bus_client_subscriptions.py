"""bus-client's subscriptions against a real bus and its pusher, from subscribing to redriving."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bus_client import BusClient, BusRefused, NotPossible, Subscription
from standardwebhooks import Webhook

from tests.bus.receiver import Delivery, Receiver, Reply, receiving
from tests.bus.serving import Served, serving
from tests.shared import Shared
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WIDGET = "https://shop.example/widgets/{}"
# So that what fails alone is a dead letter soon.
IMPATIENT = {"first_ms": 100, "longest_ms": 200, "parked_ms": [100]}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, shared: Shared) -> Iterator[Served]:
    """A bus and its pusher, which trust this machine."""
    file = Path(shutil.copy(shared.migrated_file("bus"), tmp_path_factory.mktemp("bus")))
    with serving(file, "bus", "pusher", BUS_TRUSTED_HOSTS="127.0.0.1") as running:
        yield running


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as started:
        yield started


@pytest.fixture
def shop(served: Served) -> Iterator[BusClient]:
    with BusClient(served.url, served.token("shop")) as client:
        yield client


@pytest.fixture
def stock(served: Served) -> Iterator[BusClient]:
    """A client whose subscriptions are gone after the test."""
    with BusClient(served.url, served.token("stock")) as client:
        yield client
        for one in client.subscriptions.all():
            client.subscriptions.delete(one)


Subscribe = Callable[..., Subscription]


@pytest.fixture
def subscribe(stock: BusClient, receiver: Receiver) -> Subscribe:
    def put(name: str = "main", **settings: object) -> Subscription:
        wanted = {"topics": ["widgets"], "callback": receiver.url, "uuid": "u-1"} | settings
        return stock.subscriptions.put(name, **wanted)  # type: ignore[arg-type]

    return put


def test_a_subscription_is_made_read_changed_and_deleted(
    stock: BusClient, subscribe: Subscribe, receiver: Receiver
) -> None:
    made = subscribe(coalesce=True, concurrency=4)
    assert (made.client, made.name, made.state) == ("stock", "main", "active")
    assert made.secret is not None
    assert made.secret.startswith("whsec_")
    assert made.secret not in repr(made)
    assert (made.settings["coalesce"], made.settings["concurrency"]) == (True, 4)
    again = subscribe(topics=["widgets.create", "orders"])
    assert again.secret is None
    assert sorted(again.topics) == ["orders", "widgets.create"]
    assert again.settings["concurrency"] == 1
    assert stock.subscriptions.get("main") == stock.subscriptions.refresh(made) == again
    subscribe("other")
    assert [one.name for one in stock.subscriptions.all()] == ["main", "other"]
    stock.subscriptions.delete(again)
    with pytest.raises(BusRefused) as refused:
        stock.subscriptions.get("main")
    assert refused.value.status == 404


def test_the_very_first_delivery_is_signed_with_the_secret_that_was_given(
    shop: BusClient, stock: BusClient, subscribe: Subscribe, receiver: Receiver
) -> None:
    shop.created("widgets", WIDGET.format("old"))
    subscribe(secret=SECRET, start="beginning")
    wait_for(lambda: receiver.deliveries, what="a delivery")
    headers = receiver.deliveries[0].headers
    Webhook(SECRET).verify(receiver.deliveries[0].body, headers)


def test_a_pause_holds_events_back_until_it_is_over(
    shop: BusClient, stock: BusClient, subscribe: Subscribe, receiver: Receiver
) -> None:
    paused = stock.subscriptions.pause(subscribe())
    assert (paused.state, paused.can("resume"), paused.can("pause")) == ("paused", True, False)
    with pytest.raises(NotPossible):
        stock.subscriptions.pause(paused)
    shop.created("widgets", WIDGET.format(1))
    assert stock.subscriptions.refresh(paused).waiting == 1
    assert receiver.deliveries == []
    assert stock.subscriptions.resume(paused).state == "active"
    wait_for(lambda: receiver.urls == [WIDGET.format(1)], what="the event")


def test_seeking_back_delivers_again(
    shop: BusClient, stock: BusClient, subscribe: Subscribe, receiver: Receiver
) -> None:
    ours = subscribe()
    shop.updated("widgets", WIDGET.format(2))
    wait_for(lambda: receiver.urls == [WIDGET.format(2)], what="the event")
    wait_for(lambda: stock.subscriptions.refresh(ours).waiting == 0, what="settled")
    position = stock.subscriptions.refresh(ours).position
    stock.subscriptions.seek(ours, {"position": position - 1})
    wait_for(lambda: receiver.urls == [WIDGET.format(2)] * 2, what="the event again")


def test_a_test_event_shows_in_the_attempts(
    stock: BusClient, subscribe: Subscribe, receiver: Receiver
) -> None:
    ours = stock.subscriptions.test(subscribe())
    wait_for(lambda: receiver.deliveries, what="the test event")
    (listed,) = wait_for(lambda: list(stock.subscriptions.attempts(ours)), what="the attempt")
    assert (listed.status, listed.request) == (204, None)
    whole = stock.subscriptions.attempt(listed)
    assert whole.request is not None
    assert "webhook-id" in str(whole.request["head"])
    assert "u-1" not in str(whole)


def test_a_rotated_secret_signs_beside_the_one_before(
    shop: BusClient, stock: BusClient, subscribe: Subscribe, receiver: Receiver
) -> None:
    ours = subscribe(secret=SECRET)
    new = stock.subscriptions.rotate_secret(ours)
    assert new.startswith("whsec_")
    assert new != SECRET
    shop.updated("widgets", WIDGET.format(3))
    wait_for(lambda: receiver.deliveries, what="a delivery")
    assert len(receiver.deliveries[0].headers["webhook-signature"].split()) == 2
    assert stock.subscriptions.rotate_secret(ours, SECRET) == SECRET


def test_what_can_not_be_delivered_is_parked_dies_and_is_redriven(
    shop: BusClient, stock: BusClient, subscribe: Subscribe, receiver: Receiver
) -> None:
    poisoned = [WIDGET.format("poison")]

    def decide(delivery: Delivery) -> Reply:
        is_bad = any(url in poisoned for url in delivery.urls)
        return Reply(500, b"can't digest this") if is_bad else Reply()

    receiver.decide = decide
    ours = subscribe(retry=IMPATIENT | {"parked_ms": [5_000]})
    shop.publish("widgets", [{"type": "update", "url": url} for url in _urls("poison", 1, 2, 3)])
    (entity,) = wait_for(lambda: list(stock.subscriptions.parked(ours)), what="it is parked")
    assert (entity.url, entity.events, entity.last_answer.status) == (poisoned[0], 1, 500)
    subscribe(retry=IMPATIENT | {"parked_ms": []})
    (letter,) = wait_for(lambda: list(stock.subscriptions.dead_letters(ours)), what="it is dead")
    assert letter.event["url"] == poisoned[0]
    assert letter.answer_body is None
    assert stock.subscriptions.dead_letter(letter).answer_body == "can't digest this"
    poisoned.clear()
    dead = stock.subscriptions.refresh(ours)
    assert dead.can("redrive")
    done = stock.subscriptions.redrive(dead, [letter])
    assert (done.redriven, done.covered) == (1, 0)
    wait_for(lambda: receiver.urls.count(WIDGET.format("poison")) > 1, what="it came again")
    wait_for(lambda: stock.subscriptions.refresh(ours).dead_letters == 0, what="it is settled")


def _urls(*names: object) -> list[str]:
    return [WIDGET.format(name) for name in names]
