"""What the OpenAPI document says of events: how they are published, and how they are delivered."""

from typing import Any

from flask import Flask
from service_kit.openapi import Api

from bus.model.event import RESYNC, TYPES
from bus.model.media_types import CLOUDEVENT, CLOUDEVENTS_BATCH
from bus.model.topic import TopicName
from bus.publish.validation import MAX_EVENTS, Event
from bus.wire_rules import json_schema

_REFUSED = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    413: "REQUEST_ENTITY_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    422: "UNPROCESSABLE_ENTITY",
}
_TEXT = {"type": "string"}
_EVENT = {"$ref": "#/components/schemas/Event"}
_CLOUD_EVENT = {"$ref": "#/components/schemas/CloudEvent"}
_NEW_EVENT = {"$ref": "#/components/schemas/NewEvent"}
_NEW_EVENTS = {"type": "array", "minItems": 1, "maxItems": MAX_EVENTS, "items": _NEW_EVENT}
_OF_BINARY_MODE = ("specversion", "id", "source", "type", "subject", "time")

EVENT: dict[str, Any] = {
    "type": "object",
    "description": "An event as it is delivered; `data` is the publisher's hint.",
    "required": ["topic", "type", "url", "t", "id", "position"],
    "properties": {
        "topic": json_schema(TopicName),
        "type": {"type": "string", "enum": [*sorted(TYPES), RESYNC]},
        "url": {"type": "string", "format": "uri"},
        "t": {"type": "integer", "description": "ms since the epoch, by the publisher's clock"},
        "data": {"type": "object"},
        "id": {"type": "string", "description": "stable over retries and replays"},
        "position": {"type": "integer"},
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
        "subject": {"type": "string", "format": "uri", "description": "the URL of the entity"},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": _TEXT,
        "data": {
            "type": "object",
            "properties": {
                "url": {"type": "string", "format": "uri"},
                "t": {"type": "integer"},
                "position": {"type": "integer"},
                "data": {"type": "object"},
            },
        },
    },
}

_EXAMPLE = {
    "specversion": "1.0",
    "id": "1",
    "source": "urn:shop",
    "type": "gavel.bids.create",
    "subject": "https://bids.example/bids/7",
}
# CloudEvents without their schema, which is the component CloudEvent: openapi-python-client tells
# bodies of several schemas apart in a way that fails for arrays.
_PUBLISHED = {
    "application/json": {"schema": {"anyOf": [_NEW_EVENT, _NEW_EVENTS]}},
    CLOUDEVENT: {"example": _EXAMPLE},
    CLOUDEVENTS_BATCH: {"example": [_EXAMPLE]},
}


def describe_publish(api: Api, app: Flask) -> None:
    """Add the view to the OpenAPI document, which finds only views with schemas by itself."""
    (rule,) = [
        each for each in app.url_map.iter_rules("publish.publish") if "POST" in (each.methods or ())
    ]
    api.spec.components.schema("NewEvent", json_schema(Event))
    api.spec.components.schema("CloudEvent", CLOUD_EVENT)
    problems = {
        str(status): {"$ref": f"#/components/responses/{name}"} for status, name in _REFUSED.items()
    }
    operation = {
        "tags": ["topics"],
        "summary": "Store one event, or an array of up to 1 000; 200 once they are on disk.",
        "description": "CloudEvents are taken in batch, structured and binary mode.",
        "parameters": [
            {"name": "topic", "in": "path", "required": True, "schema": json_schema(TopicName)},
            _header("Idempotency-Key", "Publish once a day, however often it is sent")
            | {"schema": {"type": "string", "pattern": "^[!-~]{1,255}$"}},
            _header("traceparent", "W3C Trace Context; deliveries go on with it"),
            *(
                _header(f"ce-{name}", "A CloudEvent in binary mode: the body is its data")
                for name in _OF_BINARY_MODE
            ),
        ],
        "requestBody": {"content": _PUBLISHED},
        "responses": {"200": {"description": "On disk"}} | problems,
    }
    api.spec.path(rule=rule, operations={"post": operation})


def describe_deliveries(api: Api) -> None:
    """Say what a subscriber is sent, and what its answers mean."""
    api.spec.components.schema("Event", EVENT)
    api.spec.components.security_scheme(
        "callback",
        {"type": "http", "scheme": "basic", "description": "The subscription's uuid, and `x`"},
    )
    api.spec.options["webhooks"] = {"delivery": {"post": _delivery()}}


def _delivery() -> dict[str, Any]:
    failed = {"type": "object", "properties": {"failed": {"type": "array", "items": _TEXT}}}
    return {
        "operationId": "deliver",
        "summary": "Events, to the callback of a subscription; its `format` says in which form.",
        "security": [{"callback": []}],
        "parameters": [
            _header("webhook-id", "Of these events, whatever the attempt", required=True),
            _header("webhook-timestamp", "Seconds since the epoch", required=True),
            _header("webhook-signature", "Standard Webhooks: `v1,…` a secret", required=True),
            _header("bus-position", "The last position"),
            _header("bus-previous-position", "The last one delivered before: a gap shows"),
            _header("bus-attempt", "1 for the first"),
            _header("bus-replay", "How often the subscription was moved or redriven"),
            _header("traceparent", "W3C Trace Context"),
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"type": "array", "items": _EVENT}},
                CLOUDEVENT: {"schema": _CLOUD_EVENT},
                CLOUDEVENTS_BATCH: {"schema": {"type": "array", "items": _CLOUD_EVENT}},
            },
        },
        "responses": {
            "200": {
                "description": "Acknowledged, but for the events whose ids are in `failed`",
                "content": {"application/json": {"schema": failed}},
            },
            "204": {"description": "Acknowledged"},
            "410": {"description": "Send nothing more: the subscription is disabled"},
            "429": {"description": "Later; Retry-After is obeyed"},
            "503": {"description": "Later; Retry-After is obeyed"},
            "default": {"description": "A failure: the events come again"},
        },
    }


def _header(name: str, description: str, *, required: bool = False) -> dict[str, Any]:
    return {
        "in": "header",
        "name": name,
        "required": required,
        "description": description,
        "schema": _TEXT,
    }
