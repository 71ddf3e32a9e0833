"""Several batches in flight, coalesced backlogs, rate limits, formats."""

import json
import threading

import pytest

from bus.model.subscription import DEFAULT_NAME, Format, StartAt, StartPosition
from bus.storage import Storage
from tests.bus.clock import FakeClock
from tests.bus.delivery.pushing import Driven, Publish, client_id, overview, queued, subscribe, urls
from tests.bus.receiver import Delivery, Receiver, Reply

BEGINNING = StartPosition(StartAt.BEGINNING)


class Gates:
    """Lets deliveries go one by one, by the name of their first entity."""

    def __init__(self, receiver: Receiver) -> None:
        self._open: dict[str, threading.Event] = {}
        self._lock = threading.Lock()
        self._replies: dict[str, Reply] = {}
        receiver.decide = self._decide

    def let_go(self, *names: str) -> None:
        for url in urls(*names):
            self._gate(url).set()

    def answer(self, name: str, reply: Reply) -> None:
        """What that entity's delivery is answered, if not 204."""
        self._replies[urls(name)[0]] = reply

    def _decide(self, delivery: Delivery) -> Reply:
        self._gate(delivery.urls[0]).wait(30)
        return self._replies.get(delivery.urls[0], Reply())

    def _gate(self, url: str) -> threading.Event:
        with self._lock:
            return self._open.setdefault(url, threading.Event())


def test_as_many_batches_as_asked_for_are_in_flight_and_never_one_url_twice(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    gates = Gates(receiver)
    subscribe(storage, receiver.url, concurrency=3, max_events=1)
    publish("a", "a", "b", "a", "c", "d")
    driven.until(lambda: len(receiver.deliveries) == 3)
    driven.rounds(5)
    assert sorted(receiver.urls) == urls("a", "b", "c")
    gates.let_go("b")
    driven.until(lambda: len(receiver.deliveries) == 4)
    assert receiver.urls[3:] == urls("d")
    gates.let_go("a", "c", "d")
    driven.until(lambda: queued(storage) == 0)
    assert sorted(receiver.urls) == sorted(urls("a", "a", "b", "a", "c", "d"))
    positions = [
        e["position"] for d in receiver.deliveries for e in d.events if e["url"] in urls("a")
    ]
    assert positions == sorted(positions)


@pytest.mark.parametrize("last", [Reply(), Reply(500), Reply(429, headers=(("Retry-After", "1"),))])
def test_answers_on_their_way_do_not_end_a_pause_that_was_asked_for(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver, last: Reply
) -> None:
    gates = Gates(receiver)
    gates.answer("a", Reply(429, headers=(("Retry-After", "30"),)))
    gates.answer("c", last)
    subscribe(storage, receiver.url, concurrency=3, max_events=1)
    publish("a", "b", "c", "d", "e")
    driven.until(lambda: len(receiver.deliveries) == 3)
    gates.let_go("a")
    driven.until(lambda: overview(storage).health.failures == 1)
    gates.let_go("b", "c", "d", "e")
    driven.until(lambda: overview(storage).sent >= 1)
    driven.forward(29_000)
    driven.rounds(10)
    assert len(receiver.deliveries) == 3
    gates.answer("a", Reply())
    gates.answer("c", Reply())
    driven.forward(600_000)
    driven.until(lambda: queued(storage) == 0)


def test_the_cursor_stays_before_what_is_not_settled_and_a_kill_repeats_only_that(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver, clock: FakeClock
) -> None:
    gates = Gates(receiver)
    subscribe(storage, receiver.url, concurrency=2, max_events=2)
    publish("slow", "1", "2", "3", "4", "5", "6", "7")
    gates.let_go("2", "4", "6")
    driven.until(lambda: overview(storage).sent == 6)
    state = overview(storage)
    assert (state.cursor.position, state.cursor.reached, state.cursor.left_behind) == (0, 8, (1, 2))
    driven.pusher.close(timeout_ms=0)
    gates.let_go("slow")
    second = Driven(storage, clock, "two")
    second.until(lambda: queued(storage) == 0)
    assert [d.urls for d in receiver.deliveries[4:]] == [urls("slow", "1")]
    assert overview(storage).cursor.left_behind == ()
    second.pusher.close()


def test_a_backlog_is_coalesced_to_the_last_event_of_each_entity(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    names = [str(number) for number in range(30)]
    for _ in range(20):
        publish(*names, type="update")
        publish(*names, topic="orders")
    subscribe(storage, receiver.url, coalesce=True, start=BEGINNING, max_events=10)
    driven.until(lambda: queued(storage) == 0)
    assert receiver.urls == urls(*names)
    assert [len(delivery.events) for delivery in receiver.deliveries] == [10, 10, 10]
    assert receiver.deliveries[0].events[0]["position"] > 1_000
    publish("after")
    driven.until(lambda: queued(storage) == 0)
    assert receiver.urls[30:] == urls("after")


def test_what_is_coalesced_survives_a_kill_before_it_was_sent(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver, clock: FakeClock
) -> None:
    receiver.statuses = [204, 500]
    names = [str(number) for number in range(30)]
    for _ in range(10):
        publish(*names, type="update")
    subscribe(storage, receiver.url, coalesce=True, start=BEGINNING, max_events=10)
    driven.until(lambda: len(receiver.deliveries) == 2)
    driven.until(lambda: driven.pusher._client.in_flight == 0)
    driven.pusher.close()
    second = Driven(storage, clock, "two")

    def done() -> bool:
        second.forward(1_000)
        return queued(storage) == 0

    second.until(done)
    assert set(receiver.urls) == set(urls(*names))
    assert receiver.deliveries[0].urls == urls(*names[:10])
    assert not {url for d in receiver.deliveries[2:] for url in d.urls} & set(urls(*names[:10]))
    second.pusher.close()


def test_what_waits_while_a_batch_is_in_flight_is_coalesced(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    receiver.gate.clear()
    subscribe(storage, receiver.url, coalesce=True)
    publish("a")
    driven.until(lambda: receiver.deliveries)
    for _ in range(5):
        publish("a", "b", type="update")
        driven.round()
    receiver.gate.set()
    driven.until(lambda: queued(storage) == 0)
    assert [delivery.urls for delivery in receiver.deliveries] == [urls("a"), urls("a", "b")]


def test_a_rate_limit_is_kept(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url, events_per_s=10)
    publish(*(str(number) for number in range(25)))
    driven.until(lambda: len(receiver.urls) == 10)
    driven.rounds(10)
    assert len(receiver.urls) == 10
    driven.forward(500)
    driven.until(lambda: len(receiver.urls) == 15)
    driven.rounds(5)
    assert len(receiver.urls) == 15
    driven.forward(1_000)
    driven.until(lambda: queued(storage) == 0)


@pytest.mark.parametrize("type", ["create", "noop"])
def test_cloudevents_are_what_the_wire_page_says(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver, type: str
) -> None:
    subscribe(storage, receiver.url, format=Format.CLOUDEVENTS)
    publish("1", "2", type=type)
    driven.until(lambda: queued(storage) == 0)
    (delivery,) = receiver.deliveries
    assert delivery.headers["content-type"] == "application/cloudevents-batch+json"
    first, second = json.loads(delivery.body)
    identity = storage.log_identity
    assert first == {
        "specversion": "1.0",
        "id": first["id"],
        "source": f"urn:gavel:bus:{identity}",
        "type": f"gavel.bids.{type}",
        "subject": "https://x.example/1",
        "time": "2023-11-14T22:13:20.000Z",
        "datacontenttype": "application/json",
        "data": {"url": "https://x.example/1", "t": 1_700_000_000_000, "position": 1},
    }
    assert [one["id"].rpartition("-")[0] for one in (first, second)] == [
        f"{identity}-1",
        f"{identity}-2",
    ]


def test_single_cloudevents_are_those_of_a_batch(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url, format=Format.CLOUDEVENTS)
    publish("1", "2")
    driven.until(lambda: queued(storage) == 0)
    batch = json.loads(receiver.deliveries.pop().body)
    subscribe(storage, receiver.url, format=Format.CLOUDEVENTS_STRUCTURED, max_events=1)
    ours = storage.subscriptions.find(client_id(storage, "subscriber"), DEFAULT_NAME)
    storage.subscriptions.seek(ours, BEGINNING)
    driven.until(lambda: len(receiver.deliveries) == 2)
    types = [one.headers["content-type"] for one in receiver.deliveries]
    assert types == ["application/cloudevents+json"] * 2
    assert [json.loads(one.body) for one in receiver.deliveries] == batch


def test_failed_ids_are_understood_for_cloudevents_too(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    def refuse_the_first(delivery: Delivery) -> Reply:
        ids = [event["id"] for event in json.loads(delivery.body)]
        return Reply(200, json.dumps({"failed": ids[:1]}).encode())

    receiver.decide = refuse_the_first
    subscribe(storage, receiver.url, format=Format.CLOUDEVENTS)
    publish("1", "2")
    driven.until(lambda: overview(storage).sent == 1)
    assert overview(storage).parked == 1
