"""What a subscription is where nothing else was asked for, and what follows from what was."""

import pytest

from bus.model.subscription import (
    Format,
    SigningSecrets,
    StartAt,
    StartPosition,
    State,
    Subscription,
    SubscriptionRequest,
)
from bus.model.topic_filter import TopicFilter

SECRETS = SigningSecrets("whsec_a", (("whsec_b", 20), ("whsec_c", 10)))


def made(*topics: str, callback: str = "https://x.example/") -> Subscription:
    return Subscription(
        1, "ada", "default", callback, "u", tuple(map(TopicFilter, topics)), SECRETS
    )


@pytest.mark.parametrize(
    "one", [made("bids"), SubscriptionRequest(("bids",))], ids=["stored", "asked for"]
)
def test_events_leave_at_once_up_to_a_hundred_one_batch_at_a_time_and_all_of_them(
    one: Subscription | SubscriptionRequest,
) -> None:
    assert (one.timeout_ms, one.max_events, one.concurrency) == (None, 100, 1)
    assert (one.coalesce, one.events_per_s, one.format) == (False, None, Format.ROUTEMASTER)


def test_it_is_active_since_ever_and_was_never_replayed() -> None:
    one = made("bids")
    assert (one.state, one.reason, one.state_since_ms, one.replay) == (State.ACTIVE, None, 0, 0)


def test_without_a_callback_it_is_pulled() -> None:
    assert (made().is_pulled, made(callback="").is_pulled) == (False, True)


def test_the_topics_to_read_are_those_of_its_filters_or_all() -> None:
    assert made("bids", "orders", "bids").topics == frozenset({"bids", "orders"})
    assert made("bids", "*").topics is None
    assert made().topics == frozenset()


@pytest.mark.parametrize(
    ("now_ms", "valid"), [(9, "abc"), (10, "ab"), (19, "ab"), (20, "a"), (99, "a")]
)
def test_a_secret_that_was_replaced_signs_until_its_time(now_ms: int, valid: str) -> None:
    assert SECRETS.valid(now_ms) == tuple(f"whsec_{letter}" for letter in valid)


def test_no_secret_is_shown() -> None:
    shown = repr(made("bids")) + repr(SECRETS) + repr(SubscriptionRequest((), uuid="secret-uuid"))
    for secret in ("whsec_a", "whsec_b", "'u'", "secret-uuid"):
        assert secret not in shown


def test_only_one_event_is_structured() -> None:
    rooms = {one.value: one.max_events for one in Format}
    assert rooms == {"routemaster": None, "cloudevents": None, "cloudevents-structured": 1}


def test_a_start_that_says_no_number_says_0() -> None:
    assert StartPosition(StartAt.NOW).value == 0
