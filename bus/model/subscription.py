"""The nouns of subscribing: what a client wants to get, where, and how."""

from dataclasses import dataclass, field
from enum import Enum, StrEnum

from bus.model.event import LogEvent
from bus.model.retry_policy import RetryPolicy
from bus.model.topic_filter import EVERY_TOPIC, TopicFilter

DEFAULT_NAME = "default"  # of the subscription that routemaster's API knows
DEFAULT_MAX_EVENTS = 100


class Format(StrEnum):
    """How the events of a delivery are written."""

    ROUTEMASTER = "routemaster"
    CLOUDEVENTS = "cloudevents"
    CLOUDEVENTS_STRUCTURED = "cloudevents-structured"

    @property
    def max_events(self) -> int | None:
        """How many events a delivery of this format has room for, where it is bounded."""
        return 1 if self is Format.CLOUDEVENTS_STRUCTURED else None


class State(StrEnum):
    """Whether anything is sent."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class SigningSecrets:
    """The secret that signs deliveries, and those before it, each until its time, newest first."""

    current: str = field(repr=False)
    previous: tuple[tuple[str, int], ...] = field(default=(), repr=False)

    def valid(self, now_ms: int) -> tuple[str, ...]:
        """The secrets to sign with now, the newest first."""
        return (self.current, *(secret for secret, until in self.previous if now_ms < until))


@dataclass(frozen=True, slots=True)
class SubscriptionRequest:
    """What a client asks for: these topics, pushed there, with `uuid` as the Basic user name; or
    pulled, without both.

    `topics` are patterns: `bids`, `bids.create`, `*`. `timeout_ms` is the longest an event waits
    for company; None: it leaves at once. `concurrency` is how many batches may be in flight.
    `about`: see TopicFilter.
    """

    topics: tuple[str, ...]
    callback: str = ""
    uuid: str = field(default="", repr=False)
    timeout_ms: int | None = None
    max_events: int = DEFAULT_MAX_EVENTS
    concurrency: int = 1
    coalesce: bool = False
    format: Format = Format.ROUTEMASTER
    events_per_s: int | None = None
    retry: RetryPolicy = RetryPolicy()
    about: str | None = ""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where a client's events go and how; without a `callback` they wait to be pulled. `replay`:
    how often it was moved, or redriven."""

    id: int
    client: str
    name: str
    callback: str
    uuid: str = field(repr=False)
    filters: tuple[TopicFilter, ...]
    secrets: SigningSecrets = field(repr=False)
    timeout_ms: int | None = None
    max_events: int = DEFAULT_MAX_EVENTS
    concurrency: int = 1
    coalesce: bool = False
    format: Format = Format.ROUTEMASTER
    events_per_s: int | None = None
    retry: RetryPolicy = RetryPolicy()
    state: State = State.ACTIVE
    reason: str | None = None
    state_since_ms: int = 0
    replay: int = 0

    @property
    def is_pulled(self) -> bool:
        """Whether nothing is sent, for somebody fetches it (docs/delivery.md D34)."""
        return not self.callback

    @property
    def topics(self) -> frozenset[str] | None:
        """The topics to read; None: every topic."""
        names = frozenset(topic_filter.topic for topic_filter in self.filters)
        return None if EVERY_TOPIC in names else names


@dataclass(frozen=True, slots=True)
class ListedSubscription:
    """A subscription as routemaster lists it. `oldest_ms` is the age of the oldest that waits."""

    subscriber: str
    callback: str
    topics: tuple[str, ...]
    sent: int
    queued: int
    oldest_ms: int | None
    max_events: int = DEFAULT_MAX_EVENTS
    timeout_ms: int | None = None


class StartAt(Enum):
    """The ways to say where."""

    NOW = "now"
    BEGINNING = "beginning"
    SNAPSHOT = "snapshot"
    POSITION = "position"
    TIME = "time_ms"
    EVENTS = "events"


@dataclass(frozen=True, slots=True)
class StartPosition:
    """`value` is the position after which, or the time (ms since the epoch) from which it goes, or
    how many events on (back, when negative) from where a cursor is."""

    at: StartAt
    value: int = 0


NOW = StartPosition(StartAt.NOW)


@dataclass(frozen=True, slots=True)
class SeekPreview:
    """What a seek would bring: the cursor after it, and the events that would be ahead.

    `events` is as `lag` counts them; `lost` of the positions ahead are not in the log any more.
    """

    position: int
    events: int
    oldest: LogEvent | None
    newest: LogEvent | None
    lost: int
