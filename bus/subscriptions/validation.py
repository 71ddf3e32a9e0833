"""The rules of subscribing: what a client may ask for (docs/delivery.md D8 and D9)."""

import re
from collections.abc import Callable, Collection
from dataclasses import fields, replace
from typing import Any

from bus.errors import BadSubscription
from bus.model.event import TYPES
from bus.model.ssrf_denylist import refusal
from bus.model.subscription import (
    DEFAULT_MAX_EVENTS,
    NOW,
    Format,
    RetryPolicy,
    StartAt,
    StartPosition,
    SubscriptionRequest,
)
from bus.model.topic import check_topic
from bus.model.topic_filter import EVERY_TOPIC
from bus.model.url import check_url

MAX_TIMEOUT_MS = 3_600_000
MAX_EVENTS = 10_000
_KEYS = frozenset({"topics", "callback", "uuid", "timeout", "max"})
_MORE_KEYS = frozenset(
    {"concurrency", "coalesce", "format", "events_per_s", "retry", "from", "secret"}
)
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_MAX_INT = 2**53 - 1
_MAX_RETRIES = 20
# It is the user name of Basic credentials (RFC 7617), so it can't hold a colon.
_UUID = re.compile(r"[\x21-\x39\x3b-\x7e]{1,255}")


def check_subscription(value: Any, trusted_hosts: Collection[str]) -> SubscriptionRequest:
    """A subscription as routemaster takes it, parsed from JSON. Raises BadSubscription or BadTopic.

    | key      | rule                                                                         |
    |----------|------------------------------------------------------------------------------|
    | topics   | an array of topic names; replaces the set there was                          |
    | callback | absolute https, no query, user information or fragment, no private address   |
    | uuid     | 1 to 255 visible ASCII characters without a colon                            |
    | timeout  | missing, null, or 0 to 3 600 000 ms                                          |
    | max      | missing, null, or 1 to 10 000                                                |
    | others   | refused                                                                      |
    """
    check_keys(value, _KEYS)
    return _request(value, _check_topics(value.get("topics"), check_topic), trusted_hosts)


def check_subscription_resource(value: Any, trusted_hosts: Collection[str]) -> SubscriptionRequest:
    """The same with everything that a subscription may have beyond routemaster.

    | key          | rule                                                                     |
    |--------------|--------------------------------------------------------------------------|
    | topics       | an array of patterns: `bids`, `bids.create`, `*`                         |
    | concurrency  | missing, or 1 to 64 batches in flight                                    |
    | coalesce     | missing, true or false                                                   |
    | format       | missing, `routemaster` or `cloudevents`                                  |
    | events_per_s | missing, null, or 1 to 100 000                                           |
    | retry        | missing, or an object; see `check_retry`                                 |
    | from         | missing, or a start; see `check_start`                                   |
    | secret       | missing, null, or what signs deliveries; see `check_secret`              |
    """
    check_keys(value, _KEYS | _MORE_KEYS)
    request = _request(value, _check_topics(value.get("topics"), _check_pattern), trusted_hosts)
    return replace(
        request,
        concurrency=check_number("concurrency", value.get("concurrency"), 1, 64) or 1,
        coalesce=_check_coalesce(value.get("coalesce")),
        format=_check_format(value.get("format")),
        events_per_s=check_number("events_per_s", value.get("events_per_s"), 1, 100_000),
        retry=check_retry(value.get("retry")),
    )


def check_subscription_name(value: Any) -> str:
    """A name: 1 to 64 lowercase letters, digits, dashes, underscores. Raises BadSubscription."""
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise BadSubscription("a name is 1 to 64 lowercase letters, digits, dashes, underscores")
    return value


def check_start(value: Any) -> StartPosition:
    """Where to begin. Raises BadSubscription.

    | value                   | begins with                                             |
    |-------------------------|---------------------------------------------------------|
    | missing, null, `now`    | the next event                                          |
    | `beginning`             | the oldest event that is kept                           |
    | `snapshot`              | the last event of every live entity, then what is new   |
    | `{"position": 12}`      | the event after this position                           |
    | `{"time_ms": 17…}`      | the first event published at this time or later         |
    """
    words = {at.value: at for at in (StartAt.NOW, StartAt.BEGINNING, StartAt.SNAPSHOT)}
    if value is None:
        return NOW
    if isinstance(value, str) and value in words:
        return StartPosition(words[value])
    if isinstance(value, dict) and len(value) == 1:
        for at in (StartAt.POSITION, StartAt.TIME):
            if (number := check_number(at.value, value.get(at.value), 0, _MAX_INT)) is not None:
                return StartPosition(at, number)
    raise BadSubscription(
        'a start is "now", "beginning", "snapshot", {"position": n} or {"time_ms": n}'
    )


def check_retry(value: Any) -> RetryPolicy:
    """How a subscription is tried again; what is missing is as it is by default.

    | key        | rule                                                                        |
    |------------|-----------------------------------------------------------------------------|
    | first_ms   | the first pause of an endpoint that fails: 100 to 600 000                    |
    | longest_ms | the longest one: `first_ms` to 86 400 000                                    |
    | parked_ms  | the waits of a parked entity: at most 20 of 100 to 604 800 000               |
    | give_up_ms | null, or after how long an endpoint is disabled: 60 000 to 2 592 000 000     |
    """
    if value is None:
        return RetryPolicy()
    check_keys(value, {field.name for field in fields(RetryPolicy)})
    default = RetryPolicy()
    first_ms = check_number("first_ms", value.get("first_ms"), 100, 600_000) or default.first_ms
    longest_ms = check_number("longest_ms", value.get("longest_ms"), first_ms, 86_400_000)
    return RetryPolicy(
        first_ms,
        longest_ms or max(first_ms, default.longest_ms),
        _check_schedule(value["parked_ms"]) if "parked_ms" in value else default.parked_ms,
        check_number("give_up_ms", value.get("give_up_ms"), 60_000, 2_592_000_000),
    )


def check_keys(value: Any, known: Collection[str]) -> None:
    """Raises BadSubscription unless it is an object with no other keys."""
    if not isinstance(value, dict):
        raise BadSubscription("not an object")
    if unknown := sorted(set(value) - set(known)):
        raise BadSubscription(f"unknown key {unknown[0][:64]!r}")


def check_number(name: str, value: Any, least: int, most: int) -> int | None:
    """A whole number in a range, or None. Raises BadSubscription."""
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise BadSubscription(f"{name} is not a whole number from {least} to {most}")
    return value


def _request(
    value: dict[str, Any], topics: tuple[str, ...], trusted_hosts: Collection[str]
) -> SubscriptionRequest:
    return SubscriptionRequest(
        topics=topics,
        callback=_check_callback(value.get("callback"), trusted_hosts),
        uuid=_check_uuid(value.get("uuid")),
        timeout_ms=check_number("timeout", value.get("timeout"), 0, MAX_TIMEOUT_MS),
        max_events=check_number("max", value.get("max"), 1, MAX_EVENTS) or DEFAULT_MAX_EVENTS,
    )


def _check_pattern(value: Any) -> str:
    if value == EVERY_TOPIC:
        return EVERY_TOPIC
    topic, dot, type = value.partition(".") if isinstance(value, str) else (value, "", "")
    check_topic(topic)
    if dot and type not in TYPES:
        raise BadSubscription("the type of a pattern is not create, update, delete or noop")
    return str(value)


def _check_coalesce(value: Any) -> bool:
    if value is not None and not isinstance(value, bool):
        raise BadSubscription("coalesce is neither true nor false")
    return bool(value)


def _check_format(value: Any) -> Format:
    known = {format.value: format for format in Format}
    if value is None:
        return Format.ROUTEMASTER
    if not isinstance(value, str) or value not in known:
        raise BadSubscription(f"format is none of {', '.join(known)}")
    return known[value]


def _check_schedule(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list) or len(value) > _MAX_RETRIES:
        raise BadSubscription(f"parked_ms is not an array of at most {_MAX_RETRIES} waits")
    waits = [check_number("a wait in parked_ms", wait, 100, 604_800_000) for wait in value]
    if None in waits:
        raise BadSubscription("parked_ms holds null")
    return tuple(wait for wait in waits if wait is not None)


def _check_topics(value: Any, check: Callable[[Any], str]) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise BadSubscription("topics is not an array of topic names")
    return tuple(dict.fromkeys(map(check, value)))


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
