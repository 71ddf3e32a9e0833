"""The pusher over a real store and real sockets."""

import base64
import os
import threading
from datetime import UTC, datetime

import pytest
from service_kit.errors import StoreUnavailable
from standardwebhooks import Webhook

from bus.log.sqlite_listener import SqliteListener
from bus.model.subscription import StartAt, StartPosition
from bus.storage import Storage
from tests.bus.clock import FakeClock
from tests.bus.delivery.pushing import SECRET, Driven, Publish, client_id, queued, subscribe, urls
from tests.bus.receiver import Receiver
from tests.sockets import free_port


def test_what_is_published_is_delivered_and_settled(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    publish("1")
    publish("2")
    driven.until(lambda: queued(storage) == 0)
    assert receiver.urls == urls("1", "2")
    (state,) = storage.overviews.listed()
    assert (state.sent, state.oldest_ms) == (2, None)


def test_who_could_not_be_read_for_is_looked_at_again(
    storage: Storage,
    driven: Driven,
    publish: Publish,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = storage.log.read_fenced

    def away(*_: object) -> None:
        monkeypatch.setattr(storage.log, "read_fenced", read)
        raise StoreUnavailable("the store is away")

    publish("1")
    subscribe(storage, receiver.url, start=StartPosition(StartAt.BEGINNING))
    monkeypatch.setattr(storage.log, "read_fenced", away)
    with pytest.raises(StoreUnavailable, match="away"):
        driven.rounds(5)
    driven.until(lambda: queued(storage) == 0)
    assert receiver.urls == urls("1")


def test_a_delivery_is_signed_and_says_who_it_is_for(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver, clock: FakeClock
) -> None:
    subscribe(storage, receiver.url, uuid="u-42")
    publish("1")
    driven.until(lambda: receiver.deliveries)
    (delivery,) = receiver.deliveries
    headers = delivery.headers
    assert headers["authorization"] == "Basic " + base64.b64encode(b"u-42:x").decode()
    assert headers["content-type"] == "application/json"
    assert headers["webhook-timestamp"] == str(clock() // 1000)
    at = datetime.fromtimestamp(clock() // 1000, UTC)
    signed = Webhook(SECRET).sign(headers["webhook-id"], at, delivery.body.decode())
    assert headers["webhook-signature"] == signed
    assert headers["bus-attempt"] == "1"
    assert headers["traceparent"]


def test_types_that_are_not_wanted_are_soon_no_lag(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url, "bids.delete", "orders")
    driven.rounds(2)
    publish("1", "2", "3")
    driven.rounds(2)
    driven.forward(1_000)
    driven.until(lambda: queued(storage) == 0)
    assert receiver.deliveries == []


def test_positions_show_gaps(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    publish("1")
    driven.until(lambda: queued(storage) == 0)
    publish("other", topic="orders")
    publish("2", "3")
    driven.until(lambda: queued(storage) == 0)
    first, second = (delivery.headers for delivery in receiver.deliveries)
    assert (first["bus-previous-position"], first["bus-position"]) == ("0", "1")
    assert (second["bus-previous-position"], second["bus-position"]) == ("1", "4")


def test_a_backlog_goes_in_batches_of_max_in_order(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url, max_events=4)
    names = [str(number) for number in range(10)]
    publish(*names)
    driven.until(lambda: queued(storage) == 0)
    assert [len(delivery.events) for delivery in receiver.deliveries] == [4, 4, 2]
    assert receiver.urls == urls(*names)


def test_only_subscribed_topics_are_delivered(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url, "bids", "orders")
    publish("no", topic="other")
    publish("1", topic="orders")
    publish("2")
    driven.until(lambda: queued(storage) == 0)
    assert receiver.urls == urls("1", "2")


def test_what_was_published_before_subscribing_is_not_delivered(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    publish("before")
    subscribe(storage, receiver.url)
    publish("after")
    driven.until(lambda: queued(storage) == 0)
    assert receiver.urls == urls("after")


def test_an_event_waits_for_company_as_long_as_asked(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url, timeout_ms=2_000)
    publish("1")
    driven.rounds(5)
    publish("2")
    driven.rounds(5)
    assert receiver.deliveries == []
    driven.forward(2_000)
    driven.until(lambda: queued(storage) == 0)
    assert [delivery.urls for delivery in receiver.deliveries] == [urls("1", "2")]


def test_a_failing_endpoint_is_tried_again_with_growing_pauses(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver, clock: FakeClock
) -> None:
    receiver.statuses = [500, 503, 404, 302]
    subscribe(storage, receiver.url)
    publish("1")
    pauses_ms = [1_000, 2_000, 4_000, 8_000]
    for attempt, pause_ms in enumerate(pauses_ms, 1):
        driven.until(lambda: len(receiver.deliveries) == attempt)  # noqa: B023 - called now
        driven.until(lambda: driven.pusher._client.in_flight == 0)
        driven.rounds(3)
        driven.forward(pause_ms - 1)
        driven.rounds(3)
        assert len(receiver.deliveries) == attempt
        driven.forward(1)
    driven.until(lambda: queued(storage) == 0)
    attempts = [delivery.headers["bus-attempt"] for delivery in receiver.deliveries]
    assert attempts == ["1", "2", "3", "4", "5"]
    assert len({delivery.headers["webhook-id"] for delivery in receiver.deliveries}) == 1
    assert len({delivery.body for delivery in receiver.deliveries}) == 1


def test_a_retry_comes_alone_even_when_more_has_arrived(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    receiver.statuses = [500]
    subscribe(storage, receiver.url)
    publish("1")
    driven.until(lambda: receiver.deliveries)
    driven.until(lambda: driven.pusher._client.in_flight == 0)
    publish("2")
    driven.forward(1_000)
    driven.until(lambda: queued(storage) == 0)
    assert [delivery.urls for delivery in receiver.deliveries] == [
        urls("1"),
        urls("1"),
        urls("2"),
    ]


def test_a_back_off_survives_a_restart(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver, clock: FakeClock
) -> None:
    receiver.statuses = [500]
    subscribe(storage, receiver.url)
    publish("1")
    driven.until(lambda: receiver.deliveries)
    driven.pusher.close()
    second = Driven(storage, clock, "two")
    second.rounds(5)
    assert len(receiver.deliveries) == 1
    second.forward(1_000)
    second.until(lambda: queued(storage) == 0)
    assert receiver.deliveries[1].headers["bus-attempt"] == "2"
    second.pusher.close()


def test_subscribing_again_ends_the_back_off(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, f"http://127.0.0.1:{free_port()}/")
    publish("1")
    driven.until(driven.pusher._run_queue.next_due_ms)
    subscribe(storage, receiver.url)
    driven.until(lambda: queued(storage) == 0)
    assert receiver.urls == urls("1")


def test_a_hanging_subscriber_delays_nobody(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    hanging = Receiver()
    threading.Thread(target=hanging.serve_forever, daemon=True).start()
    hanging.gate.clear()
    subscribe(storage, hanging.url, by="stranger")
    subscribe(storage, receiver.url)
    publish("1")
    driven.until(lambda: hanging.deliveries)
    for name in ("2", "3", "4"):
        publish(name)
        driven.until(lambda: receiver.urls[-1:] == urls(name))  # noqa: B023 - called now
    assert len(hanging.deliveries) == 1
    hanging.gate.set()
    driven.until(lambda: queued(storage) == 0)
    assert hanging.urls == receiver.urls
    hanging.shutdown()
    hanging.server_close()


def test_one_batch_of_a_subscription_is_in_flight_at_a_time(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    receiver.gate.clear()
    subscribe(storage, receiver.url, max_events=1)
    publish("1", "2", "3")
    driven.until(lambda: receiver.deliveries)
    driven.rounds(10)
    assert len(receiver.deliveries) == 1
    receiver.gate.set()
    driven.until(lambda: queued(storage) == 0)
    assert receiver.urls == urls("1", "2", "3")


def test_a_changed_callback_is_used_from_the_next_batch_on(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, f"http://127.0.0.1:{free_port()}/")
    driven.rounds(2)
    subscribe(storage, receiver.url)
    publish("1")
    driven.until(lambda: queued(storage) == 0)
    assert receiver.urls == urls("1")


def test_after_unsubscribing_nothing_comes(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    subscribe(storage, receiver.url, by="stranger", uuid="u-2")
    publish("1")
    driven.until(lambda: queued(storage) == 0)
    storage.subscriptions.delete(client_id(storage, "subscriber"))
    publish("2")
    driven.until(lambda: queued(storage) == 0)
    driven.rounds(5)
    assert sorted(receiver.urls) == sorted(urls("1", "1", "2"))


def test_what_a_deleted_topic_had_is_delivered_and_nothing_more(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    publish("1")
    storage.topics.delete("bids", client_id(storage, "publisher"))
    publish("2")
    driven.until(lambda: receiver.deliveries)
    driven.until(lambda: queued(storage) == 0)
    driven.rounds(5)
    assert receiver.urls == urls("1")


def test_a_guarded_callback_is_backed_off_and_its_events_stay(
    storage: Storage, driven: Driven, publish: Publish
) -> None:
    subscribe(storage, "https://localhost:1/")
    publish("1")
    driven.until(driven.pusher._run_queue.next_due_ms)
    assert queued(storage) == 1


def test_a_stopping_pusher_settles_what_is_in_flight(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    receiver.gate.clear()
    subscribe(storage, receiver.url)
    publish("1")
    driven.until(lambda: receiver.deliveries)
    threading.Timer(0.2, receiver.gate.set).start()
    driven.pusher.close()
    assert queued(storage) == 0
    assert storage.leases.alive() == {}


def test_a_thousand_events_arrive_once_each_in_order(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    names = [str(number) for number in range(1_000)]
    for start in range(0, 1_000, 50):
        publish(*names[start : start + 50])
        driven.round()
    driven.until(lambda: queued(storage) == 0)
    assert receiver.urls == urls(*names)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_pusher_whose_socket_was_tidied_away_is_notified_again_within_seconds(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    publish("a")
    driven.until(lambda: queued(storage) == 0)
    listener = driven.pusher._tail._listener
    assert isinstance(listener, SqliteListener)
    os.unlink(listener._channel._path)
    assert listener.is_lost()
    driven.stand_still(1_000)
    driven.until(lambda: not listener.is_lost())
    publish("b")
    driven.until(lambda: queued(storage) == 0)
