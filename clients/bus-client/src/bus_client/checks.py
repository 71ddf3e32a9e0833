"""What an event must look like, as the bus has it (docs/delivery.md D4): what it would refuse is
refused before there is one, or a later stage would be where it comes to light."""

import json
from collections.abc import Sequence
from typing import Any, get_args

from service_kit.topic import TOPIC_RULE, is_topic
from service_kit.url import are_entity_urls

from bus_client.errors import BusRefused
from bus_client.event import Event, EventType

_MOST = 1_000
_MOST_DATA_BYTES = 64
_TYPES = get_args(EventType)


def check_events(topic: str, events: Sequence[Event]) -> None:
    """Raises BusRefused, whose problem names the first event that is none by its `index`."""
    if not 0 < len(events) <= _MOST:
        raise _refused(f"an array of 1 to {_MOST} events is wanted")
    check_topic(topic)
    for index, event in enumerate(events):
        if complaint := _complaint(event):
            raise _refused(complaint, index)


def check_topic(name: str) -> None:
    """Raises BusRefused. Another name would lead to another URL of the bus."""
    if not is_topic(name):
        raise _refused(TOPIC_RULE)


def as_json(value: Any) -> bytes:
    """As it goes over the wire. Raises ValueError or TypeError for what is no JSON."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def _complaint(event: Event) -> str | None:
    if event.get("type") not in _TYPES:
        return "type: not one of " + ", ".join(_TYPES)
    if not isinstance(event.get("url"), str) or not are_entity_urls([event["url"]]):
        return "url: not an absolute http(s) URL without a query"
    if not _is_time(event.get("timestamp")):
        return "timestamp: not milliseconds since the epoch"
    if not _is_hint(event.get("data")):
        return f"data: not an object of at most {_MOST_DATA_BYTES} bytes as JSON"
    return None


def _is_time(value: object) -> bool:
    return value is None or (type(value) is int and 0 <= value < 2**53)


def _is_hint(value: object) -> bool:
    if not isinstance(value, dict):
        return value is None
    try:
        return len(as_json(value)) <= _MOST_DATA_BYTES
    except (TypeError, ValueError, RecursionError):
        return False


def _refused(why: str, index: int | None = None) -> BusRefused:
    return BusRefused(400, {"title": "Bad event", "detail": why, "index": index})
