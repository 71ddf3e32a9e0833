"""From a body to events, strictly: all of them or nothing."""

import re
from collections.abc import Sequence
from typing import TypeVar

import msgspec
from service_kit.url import are_entity_urls

from bus_drain.errors import Malformed, NotJson
from bus_drain.event import Event
from bus_drain.http import cloudevents

T = TypeVar("T")
MAX_EVENTS = 10_000
"""The largest `max` that a subscription may have (docs/delivery.md D8)."""

_JSON = re.compile(r"application/(?:[a-z0-9!#$&^_.+-]+\+)?json", re.IGNORECASE)
_WORD = re.compile(r"[a-z_]{1,64}")
_EVENTS = msgspec.json.Decoder(tuple[Event, ...])
_CLOUD_EVENTS = msgspec.json.Decoder(tuple[cloudevents.CloudEvent, ...])
_CLOUD_EVENT = msgspec.json.Decoder(cloudevents.CloudEvent)


def parse(body: bytes, content_type: str | None) -> tuple[Event, ...]:
    """Events in the order of the body; pure.

    Takes the bus's own format and CloudEvents, in batches or one by one, told apart by the
    Content-Type, which may carry any parameters: JSON is UTF-8 whatever charset says (RFC 8259,
    8.1).

    Raises NotJson for another media type, Malformed for anything that isn't such events.
    """
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if not _JSON.fullmatch(media_type):
        raise NotJson("The Content-Type must be application/json")
    if media_type == cloudevents.BATCH:
        events = cloudevents.events_from(_decoded(_CLOUD_EVENTS, body))
    elif media_type == cloudevents.STRUCTURED:
        events = cloudevents.events_from((_decoded(_CLOUD_EVENT, body),))
    else:
        events = _decoded(_EVENTS, body)
    if len(events) > MAX_EVENTS:
        raise Malformed(f"A batch has more than {MAX_EVENTS} events")
    # All at once, because a check a field costs more than all the rest of the drain.
    kinds = {(event.topic, event.type) for event in events}
    if all(_are_words(*kind) for kind in kinds) and are_entity_urls(
        [event.url for event in events]
    ):
        return events
    raise _malformed(events)


def _decoded(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, ValueError) as error:  # ValueError: bad UTF-8
        raise Malformed.no_events(error) from error
    except RecursionError as error:
        raise Malformed.no_events("nested too deeply") from error


def _are_words(topic: str, type_: str) -> bool:
    return bool(_WORD.fullmatch(topic) and _WORD.fullmatch(type_))


def _malformed(events: Sequence[Event]) -> Malformed:
    index, what = next(
        (index, what) for index, event in enumerate(events) if (what := _what_is_wrong(event))
    )
    return Malformed.bad_event(index, what)


def _what_is_wrong(event: Event) -> str | None:
    if not _are_words(event.topic, event.type):
        return "topic or type"
    return None if are_entity_urls([event.url]) else "url"
