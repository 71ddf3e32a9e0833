"""Events that come as CloudEvents 1.0, JSON batch mode; docs/protocol.md, "CloudEvents"."""

from datetime import datetime
from typing import Any

from bus.errors import BadEvent
from bus.publish.validation import CheckedEvent, Limits, check_all, check_event

MEDIA_TYPE = "application/cloudevents-batch+json"
_PREFIX = "gavel"


def check_cloudevents(body: Any, topic: str, limits: Limits) -> list[CheckedEvent]:
    """A batch, as parsed from JSON, published to `topic`; it may be empty.

    Raises BadEvent with the index of the first that breaks a rule. `id` and `source` must be
    there, as the specification asks, and are not kept.
    """
    if not isinstance(body, list):
        raise BadEvent("a batch is an array of CloudEvents")
    return check_all(body, lambda value: _check(value, topic, limits), least=0)


def _check(value: Any, topic: str, limits: Limits) -> CheckedEvent:
    if not isinstance(value, dict):
        raise BadEvent("a CloudEvent is an object")
    if value.get("specversion") != "1.0":
        raise BadEvent("specversion is not 1.0")
    for name in ("id", "source"):
        if not isinstance(value.get(name), str) or not value[name]:
            raise BadEvent(f"{name} is not a string of one character or more")
    data = _data_of(value)
    event = {
        "type": _type_of(value.get("type"), topic),
        "url": value.get("subject"),
        "timestamp": _timestamp_of(value, data),
        "data": data.get("data"),
    }
    return check_event(event, limits)


def _type_of(value: Any, topic: str) -> str:
    prefix, _, word = value.rpartition(".") if isinstance(value, str) else ("", "", "")
    if prefix != f"{_PREFIX}.{topic}":
        raise BadEvent(f"type is not {_PREFIX}.{topic}. and the event's type")
    return str(word)


def _data_of(value: dict[str, Any]) -> dict[str, Any]:
    data = value.get("data")
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise BadEvent("data is not an object")
    if data.get("url") is not None and data["url"] != value.get("subject"):
        raise BadEvent("data.url is not the subject")
    return data


def _timestamp_of(value: dict[str, Any], data: dict[str, Any]) -> Any:
    """`data.t`, or `time` in ms, or None: then it is the bus's clock."""
    if data.get("t") is not None or value.get("time") is None:
        return data.get("t")
    try:
        time = datetime.fromisoformat(value["time"])
        if time.tzinfo is None:
            raise ValueError("no offset")
        return round(time.timestamp() * 1000)
    except (TypeError, ValueError, OverflowError):
        raise BadEvent("time is not a time with an offset, as in RFC 3339") from None
