import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.errors import BadSubscription, BadTopic, Refused
from bus.model.subscription import SubscriptionRequest
from bus.subscriptions.validation import (
    check_subscription,
    check_subscription_resource,
    kept_user_name,
)
from tests.bus.json_values import json_values

TRUSTED = frozenset({"127.0.0.1", "::1"})
GOOD = {"topics": ["bids"], "callback": "https://x.example/events", "uuid": "u-1"}


def test_a_subscription_has_defaults() -> None:
    assert check_subscription(GOOD, TRUSTED) == SubscriptionRequest(
        ("bids",), "https://x.example/events", "u-1", timeout_ms=None, max_events=100
    )


def test_null_means_absent() -> None:
    absent = GOOD | {"timeout": None, "max": None}
    assert check_subscription(absent, TRUSTED) == check_subscription(GOOD, TRUSTED)


@pytest.mark.parametrize(("timeout", "max"), [(0, 1), (3_600_000, 10_000)])
def test_timeout_and_max_have_their_ranges(timeout: int, max: int) -> None:
    checked = check_subscription(GOOD | {"timeout": timeout, "max": max}, TRUSTED)
    assert (checked.timeout_ms, checked.max_events) == (timeout, max)


@pytest.mark.parametrize("timeout", [-1, 3_600_001, 1.5, "500", True, [], {}])
def test_another_timeout_is_refused(timeout: object) -> None:
    with pytest.raises(BadSubscription, match="timeout"):
        check_subscription(GOOD | {"timeout": timeout}, TRUSTED)


@pytest.mark.parametrize("max", [0, -1, 10_001, 1.5, "5", False, []])
def test_another_max_is_refused(max: object) -> None:
    with pytest.raises(BadSubscription, match="max"):
        check_subscription(GOOD | {"max": max}, TRUSTED)


def test_no_topics_is_a_subscription_to_nothing() -> None:
    assert check_subscription(GOOD | {"topics": []}, TRUSTED).topics == ()


def test_a_topic_named_twice_counts_once() -> None:
    assert check_subscription(GOOD | {"topics": ["b", "a", "b"]}, TRUSTED).topics == ("b", "a")


@pytest.mark.parametrize("topics", [None, "bids", {}, 1])
def test_topics_are_an_array(topics: object) -> None:
    with pytest.raises(BadSubscription, match="topics"):
        check_subscription(GOOD | {"topics": topics}, TRUSTED)


@pytest.mark.parametrize("topic", [None, "Bids", 1, ["bids"], {}])
def test_a_bad_topic_is_refused(topic: object) -> None:
    with pytest.raises(BadTopic):
        check_subscription(GOOD | {"topics": ["bids", topic]}, TRUSTED)


@pytest.mark.parametrize("uuid", [None, "", "a:b", "a b", "a\n", "ü", 1, [], "x" * 256])
def test_a_uuid_must_do_as_a_basic_user_name(uuid: object) -> None:
    with pytest.raises(BadSubscription, match="uuid"):
        check_subscription(GOOD | {"uuid": uuid}, TRUSTED)


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(BadSubscription, match="'from'"):
        check_subscription(GOOD | {"from": "now"}, TRUSTED)


@pytest.mark.parametrize(
    "callback",
    [
        None,
        "x",
        "http://x.example/events",
        "https://x.example/events?a=b",
        "https://user:pw@x.example/events",
        "https://user:@x.example/events",
        "https://:pw@x.example/events",
        "https://a@b@x.example/events",
        "https://x.example/events#a",
        "https://10.0.0.1/events",
        "https://[::ffff:10.0.0.1]/events",
        "https://[64:ff9b::a00:1]/events",
        "https://[fe80::1]/events",
        "https://localhost/events",
        "https://bus.localhost/events",
        "https://169.254.169.254/latest",
        "http://127.0.0.2/events",
    ],
)
def test_a_bad_callback_is_refused(callback: object) -> None:
    with pytest.raises(BadSubscription, match="callback"):
        check_subscription(GOOD | {"callback": callback}, TRUSTED)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "[::1]:8000"])
def test_a_trusted_host_may_be_private_and_plain(host: str) -> None:
    assert check_subscription(GOOD | {"callback": f"http://{host}/events"}, TRUSTED)


@pytest.mark.parametrize(
    "written", ["https://me@x.example/events", "HTTPS://m%40e@x.example/events"]
)
def test_a_user_name_in_the_callback_is_dropped_for_the_uuid_is_sent(written: str) -> None:
    checked = check_subscription(GOOD | {"callback": written}, TRUSTED)
    assert (checked.callback.lower(), checked.uuid) == ("https://x.example/events", "u-1")


def test_an_at_sign_in_the_path_is_no_user_name() -> None:
    written = "https://x.example/@me/https://you@there"
    assert check_subscription(GOOD | {"callback": written}, TRUSTED).callback == written


def test_what_is_put_as_a_resource_has_no_user_name_in_its_callback() -> None:
    with pytest.raises(BadSubscription, match="user information"):
        check_subscription_resource(GOOD | {"callback": "https://me@x.example/events"}, TRUSTED)


def test_even_a_trusted_host_gets_no_credentials_in_its_url() -> None:
    with pytest.raises(BadSubscription, match="user information"):
        check_subscription(GOOD | {"callback": "http://u:p@127.0.0.1/events"}, TRUSTED)


def test_the_uuid_is_not_in_the_repr() -> None:
    assert "u-1" not in repr(check_subscription(GOOD, TRUSTED))


@given(
    json_values
    | st.fixed_dictionaries(
        {"topics": json_values, "callback": json_values, "uuid": json_values},
        optional={"timeout": json_values, "max": json_values},
    )
)
def test_whatever_json_comes_is_checked_or_refused(value: object) -> None:
    with contextlib.suppress(Refused):
        check_subscription(value, TRUSTED)


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"topics": 1, "callback": "http://x.example/"}, "topics"),
        ({"callback": "http://x.example/", "uuid": 1, "timeout": -1}, "callback"),
        ({"callback": "https://10.0.0.1/", "max": 0}, "callback"),
        ({"uuid": "a:b", "retry": 1}, "uuid"),
        ({"retry": {"longest_ms": 500, "parked_ms": 1}, "secret": "x"}, "longest_ms"),
        ({"retry": {"longest_ms": 50}}, "longest_ms is not a whole number from 1000 to"),
        ({"retry": {"parked_ms": 1}, "secret": "x", "from": "x"}, "parked_ms"),
        ({"secret": "whsec_YQ==", "from": "x"}, "a secret has"),
    ],
)
def test_of_several_complaints_the_first_key_of_the_table_counts(
    wrong: dict[str, object], what: str
) -> None:
    with pytest.raises(Refused, match=f"^{what}"):
        check_subscription_resource(GOOD | wrong, TRUSTED)


KNOWN = ("https://x.example/events", "u-1")


@pytest.mark.parametrize(
    "callback",
    ["https://x.example/events", "https://x.example/other?a=1", "https://X.example:443/events"],
)
def test_a_user_name_is_kept_for_a_callback_on_the_same_host(callback: str) -> None:
    assert kept_user_name(callback, KNOWN) == "u-1"


@pytest.mark.parametrize(
    "callback",
    [
        "https://y.example/events",
        "https://x.example.evil.example/events",
        "https://x.example:8443/events",
        "http://x.example/events",
        "http://x.example:443/events",
    ],
)
def test_another_host_is_not_told_it(callback: str) -> None:
    with pytest.raises(BadSubscription, match="another host"):
        kept_user_name(callback, KNOWN)


def test_a_callback_that_nobody_knows_needs_one() -> None:
    with pytest.raises(BadSubscription, match="uuid is missing"):
        kept_user_name("https://x.example/events", None)
