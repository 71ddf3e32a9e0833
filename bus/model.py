"""The nouns of publishing: who talks to the bus, and what is in the log."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, NamedTuple


class TokenScope(StrEnum):
    """What a token is good for; `admin` for all that the root key is."""

    PUBLISH = "publish"
    SUBSCRIBE = "subscribe"
    MONITOR = "monitor"
    ADMIN = "admin"


# What a client of routemaster could do.
USUAL_SCOPES = frozenset({TokenScope.PUBLISH, TokenScope.SUBSCRIBE, TokenScope.MONITOR})


@dataclass(frozen=True, slots=True)
class Client:
    """A program that publishes or subscribes. Its tokens may change, its name stays.

    `scopes` are those of the token that it showed.
    """

    id: int
    name: str
    scopes: frozenset[TokenScope] = USUAL_SCOPES


class NewEvent(NamedTuple):
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


# A row of all its columns, in their order, as an event; `_make` takes three times as long.
log_event_from: Callable[[Any], LogEvent] = partial(tuple.__new__, LogEvent)


class Mark(NamedTuple):
    """A place in the log: when it was filled, and the size of all bodies up to it."""

    position: int
    published_at_ms: int
    bytes_upto: int


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
