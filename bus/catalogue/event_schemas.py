"""The JSON Schemas of events, as they are published and as they are delivered: of all topics."""

from typing import Any

from bus.model.event import RESYNC, TYPES
from bus.model.topic import TopicName
from bus.publish.validation import Event
from bus.wire_rules import json_schema

_TEXT = {"type": "string"}
_URL = {"type": "string", "format": "uri"}

NEW_EVENT: dict[str, Any] = json_schema(Event)
EVENT: dict[str, Any] = {
    "type": "object",
    "description": "An event as it is delivered; `data` is the publisher's hint.",
    "required": ["topic", "type", "url", "t", "id", "position"],
    "properties": {
        "topic": json_schema(TopicName),
        "type": {"type": "string", "enum": [*sorted(TYPES), RESYNC]},
        "url": _URL,
        "t": {"type": "integer", "description": "ms since the epoch, by the publisher's clock"},
        "data": {"type": "object"},
        "id": {"type": "string", "description": "stable over retries and replays"},
        "position": {"type": "integer"},
    },
}
CLOUD_EVENT_DATA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "url": _URL,
        "t": {"type": "integer"},
        "position": {"type": "integer"},
        "data": {"type": "object"},
    },
}
CLOUD_EVENT: dict[str, Any] = {
    "type": "object",
    "description": "The same as CloudEvents 1.0; other attributes are dropped.",
    "required": ["specversion", "id", "source", "type", "subject"],
    "properties": {
        "specversion": {"type": "string", "enum": ["1.0"]},
        "id": _TEXT | {"minLength": 1},
        "source": _TEXT | {"minLength": 1},
        "type": {"type": "string", "description": "gavel.TOPIC.TYPE"},
        "subject": _URL | {"description": "the URL of the entity"},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": _TEXT,
        "data": CLOUD_EVENT_DATA,
    },
}
FAILED: dict[str, Any] = {
    "type": "object",
    "properties": {"failed": {"type": "array", "items": _TEXT}},
}

OF_BINARY_MODE = ("specversion", "id", "source", "type", "subject", "time")
"""The attributes that are headers `ce-…` there."""

DELIVERY_HEADERS = {
    "webhook-id": "Of these events, whatever the attempt",
    "webhook-timestamp": "Seconds since the epoch",
    "webhook-signature": "Standard Webhooks: `v1,…` a secret",
    "bus-log": "Whose positions these are, where there are several logs",
    "bus-position": "The last position",
    "bus-previous-position": "The last one delivered before: a gap shows",
    "bus-attempt": "1 for the first",
    "bus-replay": "How often the subscription was moved or redriven",
    "traceparent": "W3C Trace Context",
}
ALWAYS_THERE = frozenset({"webhook-id", "webhook-timestamp", "webhook-signature"})
