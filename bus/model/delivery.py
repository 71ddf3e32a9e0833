"""How far a subscription is, how it fares, and what came of the last attempts."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bus.model.event import LogEvent
from bus.model.report import Report
from bus.model.subscription import Subscription

NAMED_AS_FAILED = "named as failed"
"""In the error of an attempt that was answered 2xx, but for some of its events, or all."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """What of the log is settled: all up to `position`; up to `reached` all but `left_behind`.

    With several batches in flight a later one may be answered first, so there are gaps.
    `delivered` is the last position that was sent and acknowledged. Up to `snapshot_upto` only
    the events of a stored snapshot are read.
    """

    position: int
    delivered: int
    reached: int = 0
    left_behind: tuple[int, ...] = ()
    snapshot_upto: int = 0


@dataclass(frozen=True, slots=True)
class EndpointHealth:
    """How an endpoint fares, and the search for the entity that makes it fail.

    `failures`: attempts in a row that failed, since `failing_since_ms`; not before `retry_at_ms`.
    While a search goes on, `tried_upto` is where the batch that failed first ended, and
    `bisect_limit` the number of events that the next attempt may hold. The URLs of the events up
    to `skip_upto` failed alone, each of them: somebody else is to be tried. `asked`: the endpoint
    itself named `retry_at_ms`; only who asked it knows, for only that has answers to come.
    """

    failures: int = 0
    failing_since_ms: int | None = None
    retry_at_ms: int = 0
    tried_upto: int | None = None
    bisect_limit: int | None = None
    skip_upto: int | None = None
    asked: bool = False

    @property
    def is_bisecting(self) -> bool:
        """Whether a batch has failed and not all of it is settled yet."""
        return self.tried_upto is not None


HEALTHY = EndpointHealth()


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """What an attempt got: a status, or the reason why there was none."""

    status: int | None
    error: str | None
    at_ms: int


@dataclass(frozen=True, slots=True)
class Parked:
    """An entity that waits apart with `events` events; `failures` are those since it was parked."""

    url: str
    failures: int
    retry_at_ms: int
    events: int
    answer: LastAnswer


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that is given up, after so many attempts, with the last answer and its body.

    `id` is 0 until it is stored.
    """

    event: LogEvent
    attempts: int
    answer: LastAnswer
    answer_body: bytes = field(repr=False)
    id: int = 0


@dataclass(frozen=True, slots=True)
class WantedResend:
    """An attempt that somebody wants made again; `positions` are those of its events, as text."""

    id: int
    positions: str
    attempt: int


@dataclass(frozen=True, slots=True)
class LeasedSubscription:
    """A subscription that a pusher holds. It may settle only while the fence has not moved."""

    subscription: Subscription
    cursor: Cursor
    health: EndpointHealth
    fence: int
    parked: tuple[Parked, ...] = ()
    test_wanted: bool = False
    attempted_at_ms: int | None = None
    resends: tuple[WantedResend, ...] = ()
    alerts: tuple[str, ...] = ()
    lost: "LostTail | None" = None


@dataclass(frozen=True, slots=True)
class LostTail:
    """Positions, both included, up to which events were sent that the log lacks since then."""

    first: int
    last: int
    since_ms: int


@dataclass(frozen=True, slots=True)
class PullLease:
    """A batch that a puller has until `until_ms`; nobody else gets its events meanwhile.

    `events` are no more than positions, types and URLs. Once it is `acknowledged` it is only there
    so that saying so again may be answered alike.
    """

    id: str
    until_ms: int
    is_parked: bool
    events: tuple[LogEvent, ...]
    acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class PulledSubscription:
    """A subscription in the hands of who pulls, for one call, with what is leased of it. `now_ms`
    is the store's clock."""

    leased: LeasedSubscription
    pull_leases: tuple[PullLease, ...]
    now_ms: int


@dataclass(slots=True)
class StateChange:
    """What changes beside the cursor, from one settlement to the next. Applied in this order."""

    park: dict[str, Parked | None] = field(default_factory=dict)
    """Parked entities as they are now; None: not parked any more."""
    park_events: list[LogEvent] = field(default_factory=list)
    take_back: list[int] = field(default_factory=list)
    """Positions of parked events that are settled, or dead."""
    dead_letters: list[DeadLetter] = field(default_factory=list)
    disable: str | None = None
    """The reason to disable the subscription."""
    tested: bool = False
    """The test event that was wanted has been sent."""
    resynced: bool = False
    """It is told what the log lacks since another life of it began."""
    resent: list[int] = field(default_factory=list)
    """Ids of the attempts that were wanted again and have been made."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """Where a subscription stands now, and what has moved since the last one."""

    subscription_id: int
    fence: int
    cursor: Cursor
    health: EndpointHealth
    sent: int
    answer: LastAnswer | None = None
    change: StateChange | None = None
    reports: Sequence[Report] = ()


@dataclass(frozen=True, slots=True)
class Lag:
    """How much is ahead of a cursor, and the age of the oldest of it."""

    events: int
    oldest_ms: int | None


@dataclass(frozen=True, slots=True)
class Overview:
    """A subscription as its owner sees it.

    `lag` is what is ahead of the cursor, in its snapshot too; `parked` are the events that wait
    apart, with the dead letters that are on their way back.
    """

    subscription: Subscription
    cursor: Cursor
    health: EndpointHealth
    lag: Lag
    sent: int
    answer: LastAnswer | None
    parked: int
    parked_oldest_ms: int | None
    dead_letters: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """One delivery and what came of it: heads without credentials, bodies cut at 4 KiB.

    `id` is 0 until it is stored. `positions` are those of its events, as text; None: they are in no
    log. `error` says why it is no acknowledgement, where the status doesn't.
    """

    id: int
    subscription_id: int
    at_ms: int
    duration_ms: int
    attempt: int
    events: int
    first_position: int
    last_position: int
    status: int | None
    error: str | None
    request_head: str
    request_body: bytes = field(repr=False)
    response_head: str
    response_body: bytes = field(repr=False)
    connect_ms: int | None = None
    first_byte_ms: int | None = None
    total_ms: int | None = None
    positions: str | None = None
    resend: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """When an attempt at what was due ended, and how."""

    at_ms: int
    status: int | None
    error: str | None


@dataclass(frozen=True, slots=True)
class AttemptFilter:
    """Which attempts: with a status (`2xx`, `404`, `error`: no answer, or none that can be taken),
    with an event about a URL, begun at a time or later, and before another."""

    status: str | None = None
    url: str | None = None
    since_ms: int | None = None
    until_ms: int | None = None
