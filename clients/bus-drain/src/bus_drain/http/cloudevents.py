"""The same events as CloudEvents 1.0 in JSON (docs/protocol.md, "CloudEvents")."""

from typing import Any, Literal

import msgspec
from service_kit.rfc3339 import milliseconds

from bus_drain.errors import Malformed
from bus_drain.event import Event

BATCH = "application/cloudevents-batch+json"
STRUCTURED = "application/cloudevents+json"


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What an event's `data` holds beside the attributes."""

    url: str | None = None
    t: int | None = None
    position: int | None = None
    data: Any = None


class CloudEvent(msgspec.Struct, frozen=True, kw_only=True):
    """The attributes that mean something here; others are dropped."""

    specversion: Literal["1.0"]
    id: str
    source: str
    type: str
    subject: str
    time: str | None = None
    data: Facts | None = None


def events_from(batch: tuple[CloudEvent, ...]) -> tuple[Event, ...]:
    """The events that a batch says. Raises Malformed, naming the index."""
    return tuple(_event(index, one) for index, one in enumerate(batch))


def _event(index: int, one: CloudEvent) -> Event:
    facts = one.data or Facts()
    namespace, _, rest = one.type.partition(".")
    topic, _, type_ = rest.partition(".")
    if namespace != "gavel":
        raise Malformed.bad_event(index, "type")
    if facts.url not in {None, one.subject}:
        raise Malformed.bad_event(index, "data.url")
    return Event(
        topic=topic,
        type=type_,
        url=one.subject,
        t=_t_ms(one.time, facts, index),
        id=one.id,
        position=facts.position,
        data=facts.data,
    )


def _t_ms(time: str | None, facts: Facts, index: int) -> int:
    try:
        t_ms = None if time is None else milliseconds(time)
    except ValueError as error:
        raise Malformed.bad_event(index, "time") from error
    told_ms = t_ms if facts.t is None else facts.t
    if told_ms is None:
        raise Malformed.bad_event(index, "time")
    return told_ms
