"""The rules of subscribing: what a client may ask for (docs/delivery.md D8 and D9)."""

import re
from collections.abc import Collection
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta
from service_kit.topic import TOPIC_NAME
from service_kit.url import check_url

from bus.errors import BadSecret, BadSubscription
from bus.model.event import TYPES
from bus.model.ssrf_denylist import refusal
from bus.model.subscription import (
    DEFAULT_MAX_EVENTS,
    Format,
    StartPosition,
    SubscriptionRequest,
)
from bus.model.topic import TopicName, check_topic
from bus.model.url import Url
from bus.signing import Secret, check_secret
from bus.subscriptions.places import Start, start_position
from bus.subscriptions.retry import Retry, retry_policy
from bus.wire_rules import check, complaint

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_USER_NAME = re.compile(r"^(https?://)[^/?#@:]+@", re.IGNORECASE)
_MAX_IDS = 1_000


def _say_pattern(value: Any) -> str:
    check_topic(value.partition(".")[0] if isinstance(value, str) else value)
    return "the type of a pattern is not create, update, delete or noop"


# It is the user name of Basic credentials (RFC 7617), so it can't hold a colon.
Uuid = Annotated[
    str,
    complaint(
        "uuid is not 1 to 255 visible ASCII characters without a colon",
        pattern=r"^[\x21-\x39\x3b-\x7e]{1,255}\Z",
    ),
]
Pattern = Annotated[
    str,
    complaint(_say_pattern, pattern=rf"^(\*|{TOPIC_NAME}(\.({'|'.join(sorted(TYPES))}))?)\Z"),
]
MAX_PATTERNS = 100
MAX_CONCURRENCY = 64
_OF_PUSHED = ("uuid", "secret", "events_per_s", "format")
_topics = complaint(
    f"topics is not an array of at most {MAX_PATTERNS} topic names", max_length=MAX_PATTERNS
)


class RoutemasterSubscription(msgspec.Struct, forbid_unknown_fields=True):
    """A subscription as routemaster takes it; `topics` replaces the set there was."""

    topics: Annotated[list[TopicName], _topics]
    callback: Url
    uuid: Uuid
    timeout: Annotated[int, Meta(ge=0, le=3_600_000)] | None = None
    max: Annotated[int, Meta(ge=1, le=10_000)] | None = None


class SubscriptionResource(RoutemasterSubscription):
    """The same with everything that a subscription may have beyond routemaster. Without `callback`
    it is pulled. A known one keeps its `uuid`, for a callback on the same host."""

    topics: Annotated[list[Pattern], _topics]
    callback: Url | None = None  # type: ignore[assignment]
    uuid: Uuid | None = None  # type: ignore[assignment]
    concurrency: Annotated[int, Meta(ge=1, le=MAX_CONCURRENCY)] | None = None
    coalesce: Annotated[bool, complaint("coalesce is neither true nor false")] | None = None
    format: Annotated[Format, complaint(f"format is none of {', '.join(Format)}")] | None = None
    events_per_s: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    retry: Retry | None = None
    secret: Secret | None = None
    start: Start | None = msgspec.field(name="from", default=None)


class Redrive(msgspec.Struct, forbid_unknown_fields=True):
    """The dead letters to deliver again; all, without `ids`."""

    ids: (
        Annotated[
            list[Annotated[int, Meta(ge=1, le=2**63 - 1)]],
            complaint(f"ids is not an array of at most {_MAX_IDS} numbers", max_length=_MAX_IDS),
        ]
        | None
    ) = None


class RetryNow(msgspec.Struct, forbid_unknown_fields=True):
    """The parked entities to try now; all, without `urls`."""

    urls: (
        Annotated[
            list[Annotated[str, complaint("urls holds what is no URL", max_length=1024)]],
            complaint(f"urls is not an array of at most {_MAX_IDS} URLs", max_length=_MAX_IDS),
        ]
        | None
    ) = None


class NewSecret(msgspec.Struct, forbid_unknown_fields=True):
    """The secret to sign with; one is made, without."""

    secret: Secret | None = None


class Wanted(NamedTuple):
    """A subscription as it is put. `start` counts for a new one; without `secret` one is made."""

    request: SubscriptionRequest
    start: StartPosition
    secret: str | None


def check_subscription(value: Any, trusted_hosts: Collection[str]) -> SubscriptionRequest:
    """A RoutemasterSubscription, parsed from JSON. Raises BadSubscription or BadTopic."""
    rules = {"callback": lambda callback: _check_callback(callback, trusted_hosts)}
    asked: RoutemasterSubscription = check(
        RoutemasterSubscription, _without_user_name(value), BadSubscription, rules=rules
    )
    return SubscriptionRequest(
        topics=tuple(dict.fromkeys(asked.topics)),
        callback=asked.callback,
        uuid=asked.uuid,
        timeout_ms=asked.timeout,
        max_events=asked.max or DEFAULT_MAX_EVENTS,
    )


def check_subscription_resource(value: Any, trusted_hosts: Collection[str]) -> Wanted:
    """A SubscriptionResource, parsed from JSON. Raises BadSubscription, BadTopic or BadSecret."""
    rules = {
        "callback": lambda one: None if one is None else _check_callback(one, trusted_hosts),
        "retry": retry_policy,
        "secret": _given_secret,
    }
    asked: SubscriptionResource = check(SubscriptionResource, value, BadSubscription, rules=rules)
    _check_mode(asked)
    request = SubscriptionRequest(
        topics=tuple(dict.fromkeys(asked.topics)),
        callback=asked.callback or "",
        uuid=asked.uuid or "",
        timeout_ms=asked.timeout,
        max_events=_max_events(asked.max, asked.format or Format.ROUTEMASTER),
        concurrency=asked.concurrency or (1 if asked.callback else MAX_CONCURRENCY),
        coalesce=bool(asked.coalesce),
        format=asked.format or Format.ROUTEMASTER,
        events_per_s=asked.events_per_s,
        retry=retry_policy(value.get("retry")),
    )
    return Wanted(request, start_position(asked.start), asked.secret)


def _without_user_name(value: Any) -> Any:
    """`rtm` wants a user name in the callback's URL, in whose place routemaster sends the uuid
    (docs/delivery.md D30). A password stays, to be refused."""
    if not isinstance(value, dict) or not isinstance(callback := value.get("callback"), str):
        return value
    return value | {"callback": _USER_NAME.sub(r"\1", callback, count=1)}


def _check_mode(asked: SubscriptionResource) -> None:
    """What is pulled has nothing that is for pushing."""
    for name in _OF_PUSHED:
        if asked.callback is None and getattr(asked, name) is not None:
            raise BadSubscription(f"{name} is for a subscription with a callback; this is pulled")


def kept_user_name(callback: str, known: tuple[str, str] | None) -> str:
    """The Basic user name for a callback that came without one: that of the `known` callback and
    its user name, if both are on one host. Another host must not be told it. Raises
    BadSubscription.
    """
    if known is None:
        raise BadSubscription("uuid is missing: a callback needs one")
    before, user_name = known
    if _host(before) != _host(callback):
        raise BadSubscription(
            "uuid is missing: another host must not be told that of the host before, and another"
            " scheme or port counts as one; give the user name (uuid) for the new callback"
        )
    return user_name


def _host(callback: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(callback)
    default = {"https": 443, "http": 80}[parts.scheme.lower()]
    return parts.scheme.lower(), parts.hostname, parts.port or default


def check_subscription_name(value: str) -> str:
    """A name: 1 to 64 lowercase letters, digits, dashes, underscores. Raises BadSubscription."""
    if not _NAME.fullmatch(value):
        raise BadSubscription("a name is 1 to 64 lowercase letters, digits, dashes, underscores")
    return value


def check_redrive(value: Any) -> frozenset[int] | None:
    """The ids in a Redrive, parsed from JSON; None: all. Raises BadSubscription."""
    asked: Redrive = check(Redrive, value, BadSubscription)
    return None if asked.ids is None else frozenset(asked.ids)


def check_retry_now(value: Any) -> frozenset[str] | None:
    """The URLs in a RetryNow, parsed from JSON; None: all. Raises BadSubscription."""
    asked: RetryNow = check(RetryNow, value, BadSubscription)
    return None if asked.urls is None else frozenset(asked.urls)


def check_new_secret(value: Any) -> str | None:
    """The secret in a NewSecret, parsed from JSON. Raises BadSecret."""
    asked: NewSecret = check(NewSecret, value, BadSecret, 'the body is {"secret"?}')
    return _given_secret(asked.secret)


def _max_events(asked: int | None, format: Format) -> int:
    most = format.max_events
    if most is not None and asked is not None and asked > most:
        raise BadSubscription(f"max is not {most}, as the format {format} has it")
    return asked or most or DEFAULT_MAX_EVENTS


def _given_secret(value: Any) -> str | None:
    return None if value is None else check_secret(value)


def _check_callback(callback: Any, trusted_hosts: Collection[str]) -> None:
    """A literal address is judged now, a name only when it is dialled: it may change meanwhile."""
    try:
        checked = check_url(callback, trusted_hosts)
    except ValueError as error:
        raise BadSubscription(f"callback: {error}") from None
    if checked.has_userinfo or checked.has_fragment:
        raise BadSubscription("callback: the URL has user information or a fragment")
    if not checked.is_trusted and (word := _literal_refusal(checked.host)):
        raise BadSubscription(f"callback: a {word} address can't be reached from here")


def _literal_refusal(host: str) -> str | None:
    if host == "localhost" or host.endswith(".localhost"):
        return "loopback"
    try:
        return refusal(host)
    except ValueError:
        return None
