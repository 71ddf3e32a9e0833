"""What the OpenAPI document says of events: how they are published, and how they are delivered."""

from typing import Any

from flask import Flask
from service_kit.openapi import Api

from bus.catalogue.event_schemas import (
    ALWAYS_THERE,
    CLOUD_EVENT,
    DELIVERY_HEADERS,
    EVENT,
    FAILED,
    NEW_EVENT,
    OF_BINARY_MODE,
)
from bus.model.media_types import CLOUDEVENT, CLOUDEVENTS_BATCH
from bus.model.topic import TopicName
from bus.publish.validation import MAX_EVENTS
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
    api.spec.components.schema("NewEvent", NEW_EVENT)
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
                for name in OF_BINARY_MODE
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
    return {
        "operationId": "deliver",
        "summary": "Events, to the callback of a subscription; its `format` says in which form.",
        "security": [{"callback": []}],
        "parameters": [
            *(
                _header(name, said, required=name in ALWAYS_THERE)
                for name, said in DELIVERY_HEADERS.items()
            ),
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
                "content": {"application/json": {"schema": FAILED}},
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
