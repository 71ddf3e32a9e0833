"""The nouns of the bus: who talks to it, what is in the log, who receives it and how far."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

DEFAULT_MAX_EVENTS = 100


@dataclass(frozen=True, slots=True)
class Client:
    """A program that publishes or subscribes. Its tokens may change, its name stays."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A checked event on its way into the log.

    `head` is the JSON object that subscribers will get, without its closing brace: the log adds
    `id` and `position` when it gives the event its place.
    """

    type: str
    url: str
    head: bytes


@dataclass(frozen=True, slots=True)
class PublishKey:
    """The `Idempotency-Key` of a call, and a digest of what it publishes."""

    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Publication:
    """What one call publishes to one topic: all of it is stored, or nothing."""

    topic: str
    client_id: int
    events: Sequence[NewEvent]
    traceparent: str | None = None
    key: PublishKey | None = None


class LogEvent(NamedTuple):
    """An event in the log. `body` is the JSON object that subscribers get.

    A tuple, because drains read them by the hundred thousand and a frozen dataclass takes ten
    times as long to make.
    """

    position: int
    topic: str
    type: str
    url: str
    published_at_ms: int
    body: bytes
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What the log gained: its last position, and the topics that have events since."""

    last_position: int
    topics: frozenset[str]


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it is listed. `publisher` is a client's name; None until somebody publishes."""

    name: str
    publisher: str | None
    events: int


@dataclass(frozen=True, slots=True)
class TopicScope:
    """The part of a topic that a subscription gets: after one position, up to another.

    It began when the topic was subscribed to; it ends (None: it doesn't) where the publisher
    deleted the topic.
    """

    topic: str
    after: int = 0
    until: int | None = None

    def holds(self, position: int) -> bool:
        """Whether an event of this topic at `position` belongs to the subscription."""
        return self.after < position and (self.until is None or position <= self.until)


@dataclass(frozen=True, slots=True)
class SigningSecrets:
    """The secret that signs deliveries, and the one before it while that is still valid."""

    current: str = field(repr=False)
    previous: str | None = field(default=None, repr=False)
    previous_until_ms: int = 0

    def valid(self, now_ms: int) -> tuple[str, ...]:
        """The secrets to sign with now, the newest first."""
        if self.previous is not None and now_ms < self.previous_until_ms:
            return (self.current, self.previous)
        return (self.current,)


@dataclass(frozen=True, slots=True)
class SubscriptionRequest:
    """What a client asks for: these topics, pushed there, with `uuid` as the Basic user name.

    `timeout_ms` is the longest an event waits for company; None: it leaves at once.
    """

    topics: tuple[str, ...]
    callback: str
    uuid: str = field(repr=False)
    timeout_ms: int | None = None
    max_events: int = DEFAULT_MAX_EVENTS


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where a client's events go and how."""

    id: int
    client: str
    callback: str
    uuid: str = field(repr=False)
    timeout_ms: int | None
    max_events: int
    scopes: tuple[TopicScope, ...]
    secrets: SigningSecrets = field(repr=False)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a subscription is.

    `position`: everything up to it is settled. `delivered`: the last position that was sent and
    acknowledged. `failures`: attempts in a row that failed; `tried_upto` is where the first of
    them ended, so that a retry sends the same events; not before `retry_at_ms`.
    """

    position: int
    delivered: int
    failures: int = 0
    tried_upto: int | None = None
    retry_at_ms: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """A subscription that a pusher holds. It may settle only while the fence has not moved."""

    subscription: Subscription
    progress: Progress
    fence: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """The outcome of one attempt: `progress` is how far the subscription is after it."""

    subscription_id: int
    fence: int
    progress: Progress
    sent: int
    status: int | None
    error: str | None


@dataclass(frozen=True, slots=True)
class SubscriptionState:
    """A subscription as it is listed. `oldest_ms` is the age of the oldest event that waits."""

    subscriber: str
    callback: str
    topics: tuple[str, ...]
    sent: int
    queued: int
    oldest_ms: int | None
