"""Events that come as CloudEvents 1.0 in JSON; docs/protocol.md, "CloudEvents"."""

import re
from typing import Any

from service_kit.rfc3339 import milliseconds
from service_kit.url import check_entity_url

from bus.errors import BadEvent
from bus.publish.validation import CheckedEvent, Limits, check_all, check_event

_PREFIX = "gavel"
_JSON = re.compile(r"[a-z]+/(?:[a-z0-9!#$&^_.+-]+\+)?json")
_ATTRIBUTE = re.compile(r"[a-z0-9]+")
_BESIDE_ATTRIBUTES = "data_base64"


def check_cloudevents(body: Any, topic: str, limits: Limits) -> list[CheckedEvent]:
    """A batch, as parsed from JSON, published to `topic`; it may be empty.

    Raises BadEvent with the index of the first that breaks a rule. `id` and `source` must be
    there, as the specification asks, and are not kept.
    """
    if not isinstance(body, list):
        raise BadEvent("a batch is an array of CloudEvents")
    return check_all(body, lambda value: check_cloudevent(value, topic, limits), least=0)


def check_cloudevent(value: Any, topic: str, limits: Limits) -> CheckedEvent:
    """One event, as parsed from JSON. Raises BadEvent."""
    if not isinstance(value, dict):
        raise BadEvent("a CloudEvent is an object")
    _check_attributes(value)
    try:
        check_entity_url(value.get("subject"), limits.trusted_hosts)
    except ValueError as error:
        raise BadEvent(f"subject: {error}") from None
    data = _data_of(value)
    event = {
        "type": _type_of(value.get("type"), topic),
        "url": value.get("subject"),
        "timestamp": _timestamp_of(value, data),
        "data": data.get("data"),
    }
    return check_event(event, limits)


def is_json(media_type: str) -> bool:
    """Whether data of this media type, perhaps with parameters, is JSON."""
    return bool(_JSON.fullmatch(media_type.partition(";")[0].strip().lower()))


def _check_attributes(event: dict[str, Any]) -> None:
    if event.get("specversion") != "1.0":
        raise BadEvent("specversion is not 1.0")
    for name in ("id", "source"):
        if not isinstance(event.get(name), str) or not event[name]:
            raise BadEvent(f"{name} is not a string of one character or more")
    for name in ("datacontenttype", "dataschema"):
        if not isinstance(event.get(name), str | None):
            raise BadEvent(f"{name} is not a string")
    if not is_json(event.get("datacontenttype") or "application/json"):
        raise BadEvent("datacontenttype is not application/json")
    _check_names(event)


def _check_names(event: dict[str, Any]) -> None:
    for name in event:
        if not _ATTRIBUTE.fullmatch(name) and name != _BESIDE_ATTRIBUTES:
            raise BadEvent(f"an attribute's name is not of a-z and 0-9: {name[:64]!r}")


def _type_of(value: Any, topic: str) -> str:
    prefix, _, word = value.rpartition(".") if isinstance(value, str) else ("", "", "")
    if prefix != f"{_PREFIX}.{topic}":
        raise BadEvent(f"type is not {_PREFIX}.{topic}. and the event's type")
    return str(word)


def _data_of(value: dict[str, Any]) -> dict[str, Any]:
    data = value.get("data")
    if value.get("data_base64") is not None:
        raise BadEvent("data_base64 is not taken: data is an object")
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise BadEvent("data is not an object")
    if data.get("url") is not None and data["url"] != value.get("subject"):
        raise BadEvent("data.url is not the subject")
    return data


def _timestamp_of(value: dict[str, Any], data: dict[str, Any]) -> Any:
    """`data.t`, or `time` in ms, or None for the bus's clock. A `time` is one in any case."""
    time_ms = None if value.get("time") is None else _milliseconds(value["time"])
    if (t_ms := data.get("t")) is not None:
        if type(t_ms) is not int:
            raise BadEvent("data.t is not integer milliseconds since the epoch")
        return t_ms
    if time_ms is not None and time_ms < 0:
        raise BadEvent("time is before 1970")
    return time_ms


def _milliseconds(time: Any) -> int:
    try:
        return milliseconds(time)
    except ValueError:
        raise BadEvent("time is not a time with an offset, as in RFC 3339") from None
