"""What the answers of a subscriber lead to."""

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from bus.model.retry_policy import RetryPolicy
from bus.model.subscription import State
from bus.storage import Storage
from tests.bus.clock import FakeClock
from tests.bus.delivery.pushing import Driven, Publish, client_id, overview, queued, subscribe, urls
from tests.bus.receiver import Receiver, Reply
from tests.sockets import free_port


def until_answered(driven: Driven, receiver: Receiver, deliveries: int) -> None:
    driven.until(lambda: len(receiver.deliveries) == deliveries)
    driven.until(lambda: driven.pusher._client.in_flight == 0)
    driven.rounds(3)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_obeyed(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver, status: int
) -> None:
    receiver.decide = lambda _: Reply(status, headers=(("Retry-After", "120"),))
    subscribe(storage, receiver.url)
    publish("1")
    until_answered(driven, receiver, 1)
    driven.forward(119_999)
    driven.rounds(5)
    assert len(receiver.deliveries) == 1
    receiver.decide = lambda _: Reply(204)
    driven.forward(1)
    driven.until(lambda: queued(storage) == 0)
    assert receiver.urls == urls("1", "1")


def test_retry_after_may_be_a_date(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver, clock: FakeClock
) -> None:
    at = format_datetime(datetime.fromtimestamp(clock() // 1000 + 60, UTC), usegmt=True)
    receiver.decide = lambda _: Reply(503, headers=(("Retry-After", at),))
    subscribe(storage, receiver.url)
    publish("1")
    until_answered(driven, receiver, 1)
    driven.forward(59_000)
    driven.rounds(5)
    assert len(receiver.deliveries) == 1
    receiver.decide = lambda _: Reply(204)
    driven.forward(1_000)
    driven.until(lambda: queued(storage) == 0)


def test_410_disables_and_keeps_the_cursor_until_somebody_resumes(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    receiver.decide = lambda _: Reply(410)
    subscribe(storage, receiver.url)
    publish("1")
    driven.until(lambda: overview(storage).subscription.state is State.DISABLED)
    assert overview(storage).subscription.reason == "gone"
    publish("2")
    driven.forward(3_600_000)
    driven.rounds(5)
    assert len(receiver.deliveries) == 1
    assert overview(storage).lag.events == 2
    receiver.decide = lambda _: Reply(204)
    storage.subscriptions.resume(overview(storage).subscription.id)
    driven.until(lambda: queued(storage) == 0)
    assert receiver.urls == urls("1", "1", "2")


def test_subscribing_again_enables_what_was_disabled(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    receiver.decide = lambda _: Reply(410)
    subscribe(storage, receiver.url)
    publish("1")
    driven.until(lambda: overview(storage).subscription.state is State.DISABLED)
    receiver.decide = lambda _: Reply(204)
    subscribe(storage, receiver.url)
    driven.until(lambda: queued(storage) == 0)


def test_an_endpoint_that_fails_for_too_long_is_disabled_and_its_events_stay(
    storage: Storage, driven: Driven, publish: Publish
) -> None:
    subscribe(storage, f"http://127.0.0.1:{free_port()}/", retry=RetryPolicy(give_up_ms=3_600_000))
    publish("1")

    def disabled() -> bool:
        driven.forward(600_000)
        return overview(storage).subscription.state is State.DISABLED

    began_ms = driven.clock()
    driven.until(disabled)
    assert driven.clock() - began_ms >= 3_600_000
    state = overview(storage)
    assert (state.subscription.reason, state.lag.events) == ("failing", 1)


def test_a_pause_holds_events_back_and_lets_what_is_in_flight_settle(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    receiver.gate.clear()
    subscribe(storage, receiver.url)
    publish("1")
    driven.until(lambda: receiver.deliveries)
    storage.subscriptions.pause(overview(storage).subscription.id)
    publish("2")
    receiver.gate.set()
    driven.until(lambda: overview(storage).sent == 1)
    driven.rounds(5)
    assert receiver.urls == urls("1")
    assert overview(storage).lag.events == 1
    storage.subscriptions.resume(overview(storage).subscription.id)
    driven.until(lambda: queued(storage) == 0)
    assert receiver.urls == urls("1", "2")


def test_who_says_every_hour_that_it_is_subscribed_does_not_end_a_pause(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    storage.subscriptions.pause(overview(storage).subscription.id)
    subscribe(storage, receiver.url)
    publish("1")
    driven.rounds(5)
    assert receiver.deliveries == []


def test_a_test_event_is_sent_once_also_in_a_pause(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    receiver.decide = lambda _: Reply(500)
    subscribe(storage, receiver.url)
    storage.subscriptions.pause(overview(storage).subscription.id)
    storage.subscriptions.want_test(overview(storage).subscription.id)
    driven.until(lambda: receiver.deliveries)
    driven.forward(3_600_000)
    driven.rounds(10)
    (delivery,) = receiver.deliveries
    (event,) = delivery.events
    assert (event["topic"], event["type"], event["data"]) == ("bus", "noop", {"test": True})
    assert event["url"] == receiver.url
    assert overview(storage).health.failures == 0
    storage.subscriptions.want_test(overview(storage).subscription.id)
    driven.until(lambda: len(receiver.deliveries) == 2)
    assert len({delivery.headers["webhook-id"] for delivery in receiver.deliveries}) == 2


def test_attempts_are_kept_without_secrets(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    def echo(delivery: object) -> Reply:
        headers = receiver.deliveries[-1].headers
        echoed = ("X-Echo", headers["authorization"]), ("Set-Cookie", "session=sesame")
        return Reply(500, str(headers).encode() * 20, echoed)

    receiver.decide = echo
    subscribe(storage, receiver.url, uuid="a-secret-user")
    publish("1")
    subscription_id = overview(storage).subscription.id
    driven.until(lambda: storage.attempts.all(subscription_id, None, 10))
    (attempt,) = storage.attempts.all(subscription_id, None, 10)
    assert (attempt.status, attempt.attempt, attempt.events) == (500, 1, 1)
    assert attempt.request_body == receiver.deliveries[0].body
    assert "webhook-id: msg_" in attempt.request_head
    assert attempt.response_head.startswith("HTTP/1.1 500")
    assert "X-Echo: " in attempt.response_head
    assert len(attempt.response_body) == 4 * 1024
    told = repr(
        (attempt.request_head, attempt.request_body, attempt.response_head, attempt.response_body)
    )
    headers = receiver.deliveries[0].headers
    secret = [headers["authorization"], headers["authorization"].split()[1], "a-secret-user"]
    for word in [*secret, headers["webhook-signature"], "sesame"]:
        assert word not in told


def test_attempts_are_kept_by_count_and_by_age(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    from bus.storage.attempts import KEPT, KEPT_MS

    subscribe(storage, receiver.url)
    subscription_id = overview(storage).subscription.id
    publish("1")
    driven.until(lambda: storage.attempts.all(subscription_id, None, 10))
    (made,) = storage.attempts.all(subscription_id, None, 10)
    storage.attempts.add([made] * (KEPT + 20), made.at_ms)
    assert len(storage.attempts.all(subscription_id, None, 1_000)) == KEPT
    storage.attempts.add([], made.at_ms + KEPT_MS + 1)
    assert storage.attempts.all(subscription_id, None, 1_000) == []


def test_an_unsubscribed_clients_attempts_are_forgotten(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    subscription_id = overview(storage).subscription.id
    publish("1")
    driven.until(lambda: receiver.deliveries)
    storage.subscriptions.delete(client_id(storage, "subscriber"))
    driven.forward(2_000)
    driven.rounds(5)
    assert storage.attempts.all(subscription_id, None, 10) == []
