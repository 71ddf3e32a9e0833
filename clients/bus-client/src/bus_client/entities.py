"""Subscriptions and what belongs to them, as their owner sees them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict

Json = Mapping[str, Any]
Links = Mapping[str, str]
Relation = Literal[
    "events",
    "ack",
    "pause",
    "resume",
    "seek",
    "test",
    "secret",
    "diagnosis",
    "redrive",
    "retry",
]


class AfterPosition(TypedDict):
    """Begin with the event after this position of the log."""

    position: int


class FromTime(TypedDict):
    """Begin with the first event published at this time (ms since the epoch) or later."""

    time_ms: int


class Steps(TypedDict):
    """So many of the subscription's own events on from where it is; back when negative."""

    events: int


Start = Literal["now", "beginning", "snapshot"] | AfterPosition | FromTime


Format = Literal["routemaster", "cloudevents", "cloudevents-structured"]


class Settings(TypedDict, total=False):
    """How deliveries are made, in the bus's words; what is missing is as the bus has it.

    `timeout`: the longest that an event waits for company, in ms. `max`: events in a batch.
    `concurrency`: batches in flight. `coalesce`: of the events that wait for one entity only the
    last. `events_per_s`: at most so many. `retry`: `first_ms`, `longest_ms`, `parked_ms`,
    `give_up_ms`.
    """

    timeout: int | None
    max: int | None
    concurrency: int | None
    coalesce: bool | None
    format: Format | None
    events_per_s: int | None
    retry: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an attempt got: a status, or the reason why there was none."""

    status: int | None
    error: str | None
    at_ms: int


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """Where events go, how far they are, and how the endpoint fares; as of when it was read.

    All up to `position` is settled, `waiting` events are ahead of it, the oldest for `oldest_ms`.
    `retry_at_ms`: nothing is sent before. `secret` is there only in the answer that made it.
    """

    url: str
    client: str
    name: str
    topics: tuple[str, ...]
    callback: str | None
    settings: Settings
    state: Literal["active", "paused", "disabled"]
    reason: str | None
    position: int
    waiting: int
    oldest_ms: int | None
    sent: int
    parked: int
    dead_letters: int
    failures: int
    failing_since_ms: int | None
    retry_at_ms: int | None
    last_answer: Answer | None
    secret: str | None = field(default=None, repr=False)
    links: Links = field(default_factory=dict, repr=False, compare=False)

    def can(self, relation: Relation) -> bool:
        """Whether that is possible now, as far as the bus says."""
        return relation in self.links


@dataclass(frozen=True)
class Finding:
    """What was found out about one thing. `bad`: it keeps events away; `look`: it may; `do` is
    what to do about it, `relation` the link of the subscription that does it, or shows more."""

    about: str
    level: Literal["ok", "look", "bad"]
    said: str
    do: str | None = None
    relation: str | None = None


@dataclass(frozen=True, kw_only=True)
class Resync:
    """Events from one position to another, both included, are gone unread: look at everything
    that they may have told of."""

    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class EventBatch:
    """The next events of the log that were asked for, each as it would be delivered, after what
    was lost before them. All up to `position` is in this batch, in those before it, or not
    wanted. `place` is that position as `after` takes it, and says of which log it is: who comes
    again with it is told if the bus's store was put back from a copy meanwhile."""

    events: tuple[Json, ...]
    position: int
    place: str
    resync: Resync | None = None


@dataclass(frozen=True, kw_only=True)
class PulledBatch:
    """Events that are this puller's until they are acknowledged, or `leased_until_ms` (by the bus's
    clock). Nothing was there without a `lease`. All up to `position` is in hand, or settled.
    `replay` is how often the subscription was moved or redriven (docs/delivery.md D14)."""

    events: tuple[Json, ...]
    position: int
    replay: int
    lease: str | None
    leased_until_ms: int | None


@dataclass(frozen=True, kw_only=True)
class Parked:
    """An entity that failed while others passed, and waits apart with its `events`."""

    url: str
    events: int
    failures: int
    retry_at_ms: int
    last_answer: Answer


@dataclass(frozen=True, kw_only=True)
class DeadLetter:
    """An event that was given up; `answer_body`, how the last answer began, isn't in lists."""

    url: str
    id: int
    event: Json
    attempts: int
    last_answer: Answer
    answer_body: str | None
    links: Links = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class Timings:
    """How long the parts of an attempt took, in ms from its start; None where it got nowhere."""

    connect_ms: int | None
    first_byte_ms: int | None
    total_ms: int | None


@dataclass(frozen=True, kw_only=True)
class SeekPreview:
    """What a seek would bring: `events`, from the `oldest` to the `newest`; `lost` positions are
    gone from the log."""

    position: int
    events: int
    oldest: Json | None
    newest: Json | None
    lost: int


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A delivery that was tried, or made again on request (`resend`).

    `meaning` (`said`, `do`, `relation`) says in plain words what came of it; None: it was taken.
    `request` and `response` (`head`, `body`) aren't in lists.
    """

    url: str
    id: int
    at_ms: int
    duration_ms: int
    attempt: int
    events: int
    first_position: int
    last_position: int
    status: int | None
    error: str | None
    meaning: Json | None
    resend: bool
    timings: Timings
    request: Json | None
    response: Json | None
    links: Links = field(default_factory=dict, repr=False, compare=False)

    def can_resend(self) -> bool:
        """Whether the bus knows which events it carried."""
        return "resend" in self.links


Span = Literal["hour", "day", "week"]


@dataclass(frozen=True, kw_only=True)
class HistoryPoint:
    """What happened in the stretch of time that began at `at_ms`: events published and delivered,
    attempts failed; `lag` is the age of the oldest event that waited, in ms, at its worst."""

    at_ms: int
    published: int
    delivered: int
    failed: int
    lag: int | None


@dataclass(frozen=True, kw_only=True)
class Redriven:
    """How many dead letters are on their way again, and how many a later event had covered."""

    redriven: int
    covered: int
