"""The bus as an AsyncAPI 3.0 document: what is sent to it and what it sends, topic by topic: pure.

https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bus.catalogue.event_schemas import (
    ALWAYS_THERE,
    CLOUD_EVENT,
    DELIVERY_HEADERS,
    EVENT,
    NEW_EVENT,
)
from bus.catalogue.topic_channels import Document, TopicInDocument, ref_to
from bus.model.topic import Topic, TopicAbout

_ANY_TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class Address:
    """Where the bus is found: `host` with a port, the path before its own, `http` or `https`."""

    host: str
    path_prefix: str
    protocol: str


def asyncapi(
    some: Sequence[tuple[Topic, TopicAbout]], address: Address, max_data_bytes: int
) -> Document:
    """The document of these topics, each with channels of its own; without any, of any topic."""
    channels: Document = {}
    operations: Document = {}
    schemas: Document = {"NewEvent": NEW_EVENT, "Event": EVENT, "CloudEvent": CLOUD_EVENT}
    for topic, about in some:
        one = TopicInDocument(topic, about, max_data_bytes)
        schemas |= one.schemas()
        channels |= one.channels()
        operations |= one.operations()
    if not some:
        nothing_said = Topic(_ANY_TOPIC, None, 0), TopicAbout()
        any_topic = TopicInDocument(*nothing_said, max_data_bytes, is_any=True)
        channels, operations = any_topic.channels(), any_topic.operations()
        channels[_ANY_TOPIC] |= {
            "address": "/topics/{topic}",
            "parameters": {"topic": {"description": "1 to 64 of a-z and _"}},
        }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "The bus",
            "version": "1",
            "description": "Events: what publishers send, and what subscribers are sent.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": _servers(address),
        "channels": channels,
        "operations": operations,
        "components": {
            "schemas": schemas,
            "messageTraits": {"delivery": {"headers": _delivery_headers()}},
            "securitySchemes": _SECURITY,
        },
    }


_SECURITY: Document = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token with scope publish"},
    "basic": {
        "type": "http",
        "scheme": "basic",
        "description": "The token as the user name, anything as the password",
    },
    "callback": {
        "type": "http",
        "scheme": "basic",
        "description": "The subscription's uuid as the user name, `x` as the password",
    },
    "signature": {
        "type": "httpApiKey",
        "name": "webhook-signature",
        "in": "header",
        "description": "Standard Webhooks: `v1,` and base64 of HMAC-SHA256, by the subscription's"
        " secret, of `webhook-id.webhook-timestamp.body`; one for each valid secret.",
    },
}


def _servers(address: Address) -> Document:
    bus = {
        "host": address.host,
        "protocol": address.protocol,
        "description": "The bus, to which events are published",
        "security": [ref_to("components", "securitySchemes", name) for name in ("token", "basic")],
    }
    subscriber = {
        "host": "{callback}",
        "protocol": "https",
        "description": "Whoever subscribes, at the callback of the subscription",
        "variables": {"callback": {"description": "The host of the callback"}},
        "security": [
            ref_to("components", "securitySchemes", name) for name in ("callback", "signature")
        ],
    }
    if address.path_prefix:
        bus["pathname"] = address.path_prefix
    return {"bus": bus, "subscriber": subscriber}


def _delivery_headers() -> Document:
    return {
        "type": "object",
        "required": sorted(ALWAYS_THERE),
        "properties": {
            name: {"type": "string", "description": said} for name, said in DELIVERY_HEADERS.items()
        },
    }
