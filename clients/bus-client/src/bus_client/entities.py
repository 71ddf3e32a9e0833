"""Subscriptions and what belongs to them, as their owner sees them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict, TypeVar
from urllib.parse import urljoin

from bus_client.errors import BusUnavailable

Json = Mapping[str, Any]
Links = Mapping[str, str]
Relation = Literal["pause", "resume", "seek", "test", "secret", "redrive"]
T = TypeVar("T")


class AfterPosition(TypedDict):
    """Begin with the event after this position of the log."""

    position: int


class FromTime(TypedDict):
    """Begin with the first event published at this time (ms since the epoch) or later."""

    time_ms: int


Start = Literal["now", "beginning", "snapshot"] | AfterPosition | FromTime


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
    format: Literal["routemaster", "cloudevents"] | None
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
    callback: str
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
class Attempt:
    """A delivery that was tried; `request` and `response` (`head`, `body`) aren't in lists."""

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
    request: Json | None
    response: Json | None


@dataclass(frozen=True, kw_only=True)
class Redriven:
    """How many dead letters are on their way again, and how many a later event had covered."""

    redriven: int
    covered: int


class Document:
    """A HAL document that was read from a URL; its links are absolute."""

    def __init__(self, state: Json, url: str) -> None:
        self.state = state
        self.url = url
        self.links = read(lambda: _absolute(state.get("_links", {}), url))

    def embedded(self, relation: str) -> list["Document"]:
        """The documents inside it."""
        return read(lambda: [Document(one, self.url) for one in self.state["_embedded"][relation]])


def read(understand: Callable[[], T]) -> T:
    """What a document says. Raises BusUnavailable when it isn't understood."""
    try:
        return understand()
    except (KeyError, TypeError, AttributeError) as error:
        raise BusUnavailable(f"the answer is not understood: {error!r}") from error


def subscription_from(document: Document) -> Subscription:
    """A subscription from its representation. Raises BusUnavailable when it isn't one."""
    state, links = document.state, document.links
    return read(
        lambda: Subscription(
            url=links["self"],
            links=links,
            topics=tuple(state["topics"]),
            settings=_settings(state),
            waiting=state["lag"]["events"],
            oldest_ms=state["lag"]["oldest_ms"],
            last_answer=state["last_answer"] and _answer(state["last_answer"]),
            secret=state.get("secret"),
            **{name: state[name] for name in _SUBSCRIPTION_STATE},
        )
    )


def parked_from(document: Document) -> Parked:
    """A parked entity from its representation. Raises BusUnavailable when it isn't one."""
    state = document.state
    return read(
        lambda: Parked(
            url=state["url"],
            events=state["events"],
            failures=state["failures"],
            retry_at_ms=state["retry_at_ms"],
            last_answer=_answer(state["last_answer"]),
        )
    )


def dead_letter_from(document: Document) -> DeadLetter:
    """A dead letter from its representation. Raises BusUnavailable when it isn't one."""
    state, links = document.state, document.links
    return read(
        lambda: DeadLetter(
            url=links["self"],
            links=links,
            id=state["id"],
            event=state["event"],
            attempts=state["attempts"],
            last_answer=_answer(state["last_answer"]),
            answer_body=state.get("answer_body"),
        )
    )


def attempt_from(document: Document) -> Attempt:
    """An attempt from its representation. Raises BusUnavailable when it isn't one."""
    state = document.state
    return read(
        lambda: Attempt(
            url=document.links["self"],
            request=state.get("request"),
            response=state.get("response"),
            **{name: state[name] for name in _ATTEMPT_STATE},
        )
    )


def redriven_from(state: Json) -> Redriven:
    """What a redrive has done, from its answer. Raises BusUnavailable when it isn't one."""
    return read(lambda: Redriven(redriven=state["redriven"], covered=state["covered"]))


def _answer(state: Json) -> Answer:
    return Answer(status=state["status"], error=state["error"], at_ms=state["at_ms"])


def _absolute(links: Json, url: str) -> Links:
    return {relation: urljoin(url, str(to["href"])) for relation, to in links.items()}


def _settings(state: Json) -> Settings:
    return Settings(
        timeout=state["timeout"],
        max=state["max"],
        concurrency=state["concurrency"],
        coalesce=state["coalesce"],
        format=state["format"],
        events_per_s=state["events_per_s"],
        retry=state["retry"],
    )


_SUBSCRIPTION_STATE = (
    "client",
    "name",
    "callback",
    "state",
    "reason",
    "position",
    "sent",
    "parked",
    "dead_letters",
    "failures",
    "failing_since_ms",
    "retry_at_ms",
)
_ATTEMPT_STATE = (
    "id",
    "at_ms",
    "duration_ms",
    "attempt",
    "events",
    "first_position",
    "last_position",
    "status",
    "error",
)
