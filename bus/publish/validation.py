"""What an event must look like before it may enter the log (docs/delivery.md D4)."""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import msgspec
from service_kit.url import check_entity_url

from bus.errors import BadEvent, BadKey
from bus.model.event import EventType, PublishKey
from bus.model.url import Url
from bus.wire_rules import check, complaint

MAX_EVENTS = 1_000
_MOST_FAULTS = 100
_KEY = re.compile(r"[\x21-\x7e]{1,255}")

# Beyond 2^53 - 1 a double, and so a JavaScript program, can't hold the number.
TimestampMs = Annotated[
    int,
    complaint(
        "the timestamp is not integer milliseconds since the epoch",
        ge=0,
        le=2**53 - 1,
    ),
]


class Event(msgspec.Struct):
    """An event; unknown keys are dropped. `data` is a hint: 64 bytes of JSON unless more is set."""

    type: Annotated[EventType, complaint("the type is not create, update, delete or noop")]
    url: Url
    timestamp: TimestampMs | None = None
    data: Annotated[dict[str, Any], complaint("data is not an object")] | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What the installation allows: hosts for plain http, and the bytes of `data` as JSON."""

    trusted_hosts: Collection[str] = ()
    max_data_bytes: int = 64


class CheckedEvent(NamedTuple):
    """An event that keeps every rule. `data` is JSON text."""

    type: str
    url: str
    timestamp_ms: int | None = None
    data: str | None = None


def check_events(body: Any, limits: Limits) -> list[CheckedEvent]:
    """One event, or an array of 1 to 1 000 of them, as parsed from JSON.

    Raises BadEvent, with the index when it was an array.
    """
    if not isinstance(body, list):
        return [check_event(body, limits)]
    return check_all(body, lambda value: check_event(value, limits), least=1)


def check_event(value: Any, limits: Limits) -> CheckedEvent:
    """One event as parsed from JSON; unknown keys are dropped. Raises BadEvent.

    | key       | rule                                                                  |
    |-----------|-----------------------------------------------------------------------|
    | type      | create, update, delete or noop                                        |
    | url       | absolute https, no query, at most 1 024 characters                    |
    | timestamp | missing, null, or integer milliseconds since the epoch                |
    | data      | missing, null, or an object of at most `max_data_bytes` as JSON       |
    """
    rules = {"url": lambda url: _check_url(url, limits)}
    event: Event = check(Event, value, BadEvent, "an event is an object", rules)
    data = _data_of(value, limits)
    return CheckedEvent(event.type, event.url, event.timestamp, data)


def check_all(
    values: list[Any], check: Callable[[Any], CheckedEvent], *, least: int
) -> list[CheckedEvent]:
    """Check `least` to 1 000 events. Raises BadEvent with the index of the first bad one, and what
    is wrong with the first hundred: who has many needn't send them again for each."""
    if not least <= len(values) <= MAX_EVENTS:
        raise BadEvent(f"an array holds {least} to {MAX_EVENTS} events")
    checked: list[CheckedEvent] = []
    faults: dict[int, str] = {}
    for index, value in enumerate(values):
        try:
            checked.append(check(value))
        except BadEvent as error:
            faults[index] = str(error)
            if len(faults) == _MOST_FAULTS:
                break
    if faults:
        first = min(faults)
        raise BadEvent(faults[first], index=first, faults=faults)
    return checked


def _check_url(url: Any, limits: Limits) -> None:
    try:
        check_entity_url(url, limits.trusted_hosts)
    except ValueError as error:
        raise BadEvent(str(error)) from None


def _data_of(value: Any, limits: Limits) -> str | None:
    if value.get("data") is None:
        return None
    try:
        text = json.dumps(value["data"], ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (ValueError, RecursionError):
        raise BadEvent("data can't be written as JSON") from None
    if len(text.encode()) > limits.max_data_bytes:
        raise BadEvent(f"data is longer than {limits.max_data_bytes} bytes")
    return text


def publish_key(key: str, topic: str, events: Sequence[CheckedEvent]) -> PublishKey:
    """A key and what it was used for: equal for equal events, whatever their spelling.

    Raises BadKey unless it is 1 to 255 visible ASCII characters.
    """
    if not _KEY.fullmatch(key):
        raise BadKey("an idempotency key is 1 to 255 visible ASCII characters")
    return PublishKey(key, hashlib.sha256(json.dumps([topic, events]).encode()).digest())
