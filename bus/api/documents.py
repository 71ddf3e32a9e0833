"""What OpenAPI says about the bodies and answers of the bus."""

from typing import Any

import marshmallow as ma

from bus.model import TokenScope


class TopicSchema(ma.Schema):
    """A topic."""

    name = ma.fields.String(required=True)
    publisher = ma.fields.String(required=True, allow_none=True)
    events = ma.fields.Integer(required=True)


class BacklogSchema(ma.Schema):
    """How much a subscription got, how much waits, and the age of the oldest in ms."""

    sent = ma.fields.Integer(required=True)
    queued = ma.fields.Integer(required=True)
    oldest = ma.fields.Integer(required=True, allow_none=True)


class SubscriptionSchema(ma.Schema):
    """A subscription, without its credentials."""

    subscriber = ma.fields.String(required=True)
    callback = ma.fields.String(required=True)
    topics = ma.fields.List(ma.fields.String(), required=True)
    events = ma.fields.Nested(BacklogSchema, required=True)


class ClientSchema(ma.Schema):
    """A client; tokens are never shown again."""

    name = ma.fields.String(required=True)


class NewTokenSchema(ma.Schema):
    """A token, shown this once."""

    name = ma.fields.String(required=True)
    token = ma.fields.String(required=True)


class SecretSchema(ma.Schema):
    """A signing secret, shown this once."""

    secret = ma.fields.String(required=True)


TOPIC_NAME = {"type": "string", "pattern": "^[a-z_]{1,64}$"}
_EVENT = {
    "type": "object",
    "required": ["type", "url"],
    "properties": {
        "type": {"enum": ["create", "update", "delete", "noop"]},
        "url": {"type": "string", "format": "uri", "maxLength": 1024},
        "timestamp": {"type": ["integer", "null"], "minimum": 0},
        "data": {"type": ["object", "null"]},
    },
}
EVENTS = {"oneOf": [_EVENT, {"type": "array", "items": _EVENT, "minItems": 1, "maxItems": 1000}]}
SUBSCRIPTION: dict[str, Any] = {
    "type": "object",
    "required": ["topics", "callback", "uuid"],
    "additionalProperties": False,
    "properties": {
        "topics": {"type": "array", "items": TOPIC_NAME},
        "callback": {"type": "string", "format": "uri", "maxLength": 1024},
        "uuid": {"type": "string", "minLength": 1, "maxLength": 255},
        "timeout": {"type": ["integer", "null"], "minimum": 0, "maximum": 3_600_000},
        "max": {"type": ["integer", "null"], "minimum": 1, "maximum": 10_000},
    },
}
SECRET: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"secret": {"type": ["string", "null"], "pattern": "^whsec_"}},
}
NEW_CLIENT = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"},
        "scopes": {
            "type": ["array", "null"],
            "minItems": 1,
            "items": {"enum": [scope.value for scope in TokenScope]},
        },
    },
}
