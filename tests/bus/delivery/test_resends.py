"""An attempt that is made again: once, now, and nothing else changes (docs/delivery.md D28)."""

import pytest

from bus.errors import CannotResend, EventsGone
from bus.model.delivery import Attempt, AttemptFilter
from bus.model.subscription import Format
from bus.storage import Storage
from tests.bus.delivery.pushing import Driven, Publish, overview, subscribe, urls
from tests.bus.receiver import Receiver, Reply


@pytest.fixture
def failed(storage: Storage, driven: Driven, publish: Publish, receiver: Receiver) -> Attempt:
    """An attempt with two events that failed, of a subscription that is paused since."""
    receiver.decide = lambda _: Reply(500, b"no")
    subscribe(storage, receiver.url)
    publish("1", "2")
    driven.until(lambda: overview(storage).health.failures == 1)
    storage.subscriptions.pause(overview(storage).subscription.id)
    kept: list[Attempt] = driven.until(lambda: recorded(storage, driven))
    return kept[0]


def recorded(storage: Storage, driven: Driven) -> list[Attempt]:
    driven.forward(1_000)
    return storage.attempts.all(overview(storage).subscription.id)


def test_it_is_sent_once_in_a_pause_and_changes_nothing_but_the_log(
    storage: Storage, driven: Driven, receiver: Receiver, failed: Attempt
) -> None:
    before, first = overview(storage), receiver.deliveries[-1]
    storage.resends.want(failed)
    driven.until(lambda: len(recorded(storage, driven)) == 2)
    driven.forward(3_600_000)
    driven.rounds(10)
    again = receiver.deliveries[-1]
    assert len(receiver.deliveries) == 2
    assert (again.events, again.headers["webhook-id"]) == (
        first.events,
        first.headers["webhook-id"],
    )
    assert again.headers["bus-attempt"] == "2"
    newest, oldest = storage.attempts.all(failed.subscription_id)
    assert (newest.resend, newest.status, newest.attempt) == (True, 500, 2)
    assert (oldest.resend, oldest.positions) == (False, "1-2")
    after = overview(storage)
    assert (after.health, after.cursor, after.sent) == (before.health, before.cursor, before.sent)


def test_it_is_signed_with_the_secret_of_now_and_what_is_mended_takes_it(
    storage: Storage, driven: Driven, receiver: Receiver, failed: Attempt
) -> None:
    before = receiver.deliveries[-1]
    receiver.decide = lambda _: Reply()
    storage.resends.want(failed)
    driven.until(lambda: len(receiver.deliveries) == 2)
    driven.until(lambda: recorded(storage, driven)[0].status == Reply().status)
    assert receiver.deliveries[-1].headers["webhook-id"] == before.headers["webhook-id"]
    assert overview(storage).cursor.position == 0
    storage.subscriptions.resume(failed.subscription_id)
    driven.until(lambda: overview(storage).cursor.position == 2)


def test_several_are_sent_one_after_the_other(
    storage: Storage, driven: Driven, receiver: Receiver, failed: Attempt
) -> None:
    for _ in range(3):
        storage.resends.want(failed)
    driven.until(lambda: len(receiver.deliveries) == 4)
    driven.rounds(10)
    assert len(receiver.deliveries) == 4


def test_what_is_gone_from_the_log_is_refused(
    storage: Storage, publish: Publish, failed: Attempt
) -> None:
    publish("3")
    storage.log.trim(3)
    with pytest.raises(EventsGone):
        storage.resends.want(failed)


def test_so_is_a_test_event_and_a_format_that_has_no_room(
    storage: Storage, driven: Driven, failed: Attempt
) -> None:
    with pytest.raises(CannotResend):
        storage.resends.want(failed, Format.CLOUDEVENTS_STRUCTURED.max_events)
    storage.subscriptions.want_test(failed.subscription_id)
    newest = driven.until(lambda: len(recorded(storage, driven)) == 2) and recorded(storage, driven)
    with pytest.raises(CannotResend):
        storage.resends.want(newest[0])


def test_only_so_many_wait(storage: Storage, failed: Attempt) -> None:
    for _ in range(100):
        storage.resends.want(failed)
    with pytest.raises(CannotResend):
        storage.resends.want(failed)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (AttemptFilter(status="5xx"), True),
        (AttemptFilter(status="500"), True),
        (AttemptFilter(status="2xx"), False),
        (AttemptFilter(status="error"), False),
        (AttemptFilter(url=urls("2")[0]), True),
        (AttemptFilter(url=urls("3")[0]), False),
        (AttemptFilter(since_ms=0, until_ms=2**52), True),
        (AttemptFilter(until_ms=1), False),
        (AttemptFilter(since_ms=2**52), False),
    ],
)
def test_attempts_are_found_by_what_they_were(
    storage: Storage, failed: Attempt, wanted: AttemptFilter, found: bool
) -> None:
    assert bool(storage.attempts.all(failed.subscription_id, wanted=wanted)) is found


def test_one_beyond_the_kept_body_is_found_by_the_log(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    publish(*map(str, range(100)))
    driven.until(lambda: overview(storage).sent == 100)
    recorded(storage, driven)
    driven.rounds(2)
    (one,) = storage.attempts.all(overview(storage).subscription.id)
    assert urls("99")[0].encode() not in one.request_body
    about = AttemptFilter(url=urls("99")[0])
    assert storage.attempts.all(one.subscription_id, wanted=about) == [one]


def test_an_answer_that_cannot_be_read_says_why_it_counts_as_a_failure(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    receiver.decide = lambda _: Reply(200, b"<html>please sign in</html>")
    subscribe(storage, receiver.url)
    publish("1")
    one = driven.until(lambda: recorded(storage, driven))[0]
    assert (one.status, bool(one.error)) == (200, True)
    assert storage.attempts.all(one.subscription_id, wanted=AttemptFilter(status="error"))


def test_an_attempt_says_how_long_its_parts_took(failed: Attempt) -> None:
    assert failed.connect_ms is not None
    assert failed.first_byte_ms is not None
    assert failed.total_ms is not None
    assert failed.connect_ms <= failed.first_byte_ms <= failed.total_ms
