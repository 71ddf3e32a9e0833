"""An event on its way into the log, in it, and as JSON: written once when it is published."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, NamedTuple, get_args

from bus.errors import BusError

EventType = Literal["create", "update", "delete", "noop"]
TYPES = frozenset(get_args(EventType))
"""What may have happened to an entity; `noop` says only that it is there."""
RESYNC = "resync"
"""The type of the event by which the bus says that others are gone (docs/delivery.md D23)."""


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
    """What one call publishes to one topic: all of it is stored, or nothing.

    `client_id`: who publishes; 0: the bus itself. `schema_digest` is the schema that the events
    were judged by, `refusal` what it had against them: it counts if the topic still has it, and
    the call is no repetition.
    """

    topic: str
    client_id: int
    events: Sequence[NewEvent]
    traceparent: str | None = None
    key: PublishKey | None = None
    schema_digest: str | None = None
    refusal: BusError | None = None


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


class LogPoint(NamedTuple):
    """A place in the log: when it was filled, and the size of all bodies up to it."""

    position: int
    published_at_ms: int
    bytes_upto: int


def event_head(topic: str, type: str, url: str, t_ms: int, data: str | None) -> bytes:
    """The object without its end, as far as it is known before the event has its place.

    Topic, type and URL are written as they are: their rules admit nothing that JSON escapes.
    `data` is JSON text.
    """
    head = f'{{"topic":"{topic}","type":"{type}","url":"{url}","t":{t_ms}'
    if data is not None:
        head += f',"data":{data}'
    return head.encode()


def whole_event(head: bytes, event_id: str, position: int) -> bytes:
    """The whole object. It is stored, so the id stays the same over retries."""
    return b'%b,"id":"%b","position":%d}' % (head, event_id.encode(), position)
