"""The rules of subscribing: what a client may ask for."""

import re
from collections.abc import Collection
from typing import Any

from bus.addresses import refusal
from bus.errors import BadSubscription
from bus.subscription import DEFAULT_MAX_EVENTS, SubscriptionRequest
from bus.topic_name import check_topic
from bus.urls import check_url

MAX_TIMEOUT_MS = 3_600_000
MAX_EVENTS = 10_000
_KEYS = frozenset({"topics", "callback", "uuid", "timeout", "max"})
# It is the user name of Basic credentials (RFC 7617), so it can't hold a colon.
_UUID = re.compile(r"[\x21-\x39\x3b-\x7e]{1,255}")


def check_subscription(value: Any, trusted_hosts: Collection[str]) -> SubscriptionRequest:
    """A subscription as parsed from JSON. Raises BadSubscription or BadTopic.

    | key      | rule                                                                         |
    |----------|------------------------------------------------------------------------------|
    | topics   | an array of topic names; replaces the set there was                          |
    | callback | absolute https, no query, user information or fragment, no private address   |
    | uuid     | 1 to 255 visible ASCII characters without a colon                            |
    | timeout  | missing, null, or 0 to 3 600 000 ms                                          |
    | max      | missing, null, or 1 to 10 000                                                |
    | others   | refused                                                                      |
    """
    if not isinstance(value, dict):
        raise BadSubscription("a subscription is an object")
    if unknown := sorted(set(value) - _KEYS):
        raise BadSubscription(f"unknown key {unknown[0][:64]!r}")
    return SubscriptionRequest(
        topics=_check_topics(value.get("topics")),
        callback=_check_callback(value.get("callback"), trusted_hosts),
        uuid=_check_uuid(value.get("uuid")),
        timeout_ms=_check_number("timeout", value.get("timeout"), 0, MAX_TIMEOUT_MS),
        max_events=_check_number("max", value.get("max"), 1, MAX_EVENTS) or DEFAULT_MAX_EVENTS,
    )


def _check_topics(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise BadSubscription("topics is not an array of topic names")
    return tuple(dict.fromkeys(check_topic(name) for name in value))


def _check_callback(value: Any, trusted_hosts: Collection[str]) -> str:
    """A literal address is judged now, a name only when it is dialled: it may change meanwhile."""
    try:
        checked = check_url(value, trusted_hosts)
    except ValueError as error:
        raise BadSubscription(f"callback: {error}") from None
    if checked.has_userinfo or checked.has_fragment:
        raise BadSubscription("callback: the URL has user information or a fragment")
    if checked.host not in trusted_hosts and (word := _literal_refusal(checked.host)):
        raise BadSubscription(f"callback: a {word} address can't be reached from here")
    return str(value)


def _literal_refusal(host: str) -> str | None:
    if host == "localhost" or host.endswith(".localhost"):
        return "loopback"
    try:
        return refusal(host)
    except ValueError:
        return None


def _check_uuid(value: Any) -> str:
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise BadSubscription("uuid is not 1 to 255 visible ASCII characters without a colon")
    return value


def _check_number(name: str, value: Any, least: int, most: int) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise BadSubscription(f"{name} is not a whole number from {least} to {most}")
    return value
