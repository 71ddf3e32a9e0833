"""The three ways in which HTTP carries CloudEvents: batch, structured and binary.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from service_kit.bodies import parse_json

from bus.errors import BadEvent, BadMediaType
from bus.model.media_types import CLOUDEVENT, CLOUDEVENTS, CLOUDEVENTS_BATCH
from bus.publish.cloudevents import check_cloudevent, check_cloudevents, is_json
from bus.publish.validation import CheckedEvent, Limits

HEADER_PREFIX = "ce-"
_BINARY_MARKS = frozenset({"ce-specversion", "ce-id", "ce-source", "ce-type"})
_BINARY_MARKS_BYTES = frozenset(mark.encode() for mark in _BINARY_MARKS)
_ENCODED = re.compile(r"(?:[\x21\x23\x24\x26-\x7e]|%[0-9A-Fa-f]{2})*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_NO_ATTRIBUTES = frozenset({"data", "datacontenttype"})

Attributes = Mapping[str, str]
"""The headers `ce-…` of a request, by the rest of their names, as they came."""


def attributes_in(headers: Mapping[bytes, bytes]) -> Attributes | None:
    """The attributes in the headers of a request in binary mode, as ASGI has them; None in any
    other. One look at a set: whoever publishes plain events comes by here too."""
    if _BINARY_MARKS_BYTES.isdisjoint(headers):
        return None
    decoded = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers.items())
    return _attributes(decoded)


def attributes_of(headers: Iterable[tuple[str, str]]) -> Attributes | None:
    """The same of headers as WSGI has them."""
    named = [(name.lower(), value) for name, value in headers]
    return None if _BINARY_MARKS.isdisjoint(name for name, _ in named) else _attributes(named)


def is_cloudevents(media_type: str, attributes: Attributes | None) -> bool:
    """Whether a request says that its events are CloudEvents, of whatever kind."""
    return attributes is not None or media_type.startswith(CLOUDEVENTS)


def read_cloudevents(
    body: bytes, media_type: str, attributes: Attributes | None, topic: str, limits: Limits
) -> list[CheckedEvent]:
    """The events in a request that says so. Raises BadEvent, BadMediaType, or the kit's Problem
    for what isn't JSON."""
    if media_type == CLOUDEVENTS_BATCH:
        return check_cloudevents(parse_json(body), topic, limits)
    if media_type == CLOUDEVENT:
        return [check_cloudevent(parse_json(body), topic, limits)]
    if media_type.startswith(CLOUDEVENTS):
        raise BadMediaType(
            f"CloudEvents come as {CLOUDEVENT} or {CLOUDEVENTS_BATCH}, or as headers"
        )
    return [check_cloudevent(_binary(body, media_type, attributes or {}), topic, limits)]


def _binary(body: bytes, media_type: str, attributes: Attributes) -> dict[str, Any]:
    """An event whose attributes are headers as it would be in JSON: the body is its data."""
    event: dict[str, Any] = {name: _decoded(name, value) for name, value in attributes.items()}
    if body and not is_json(media_type or "application/json"):
        raise BadMediaType("the data of a CloudEvent is JSON: its Content-Type is application/json")
    return event | {"data": parse_json(body) if body else None}


def _attributes(headers: Iterable[tuple[str, str]]) -> Attributes:
    found = (item for item in headers if item[0].startswith(HEADER_PREFIX))
    return {name.removeprefix(HEADER_PREFIX): value for name, value in found}


def _decoded(name: str, value: str) -> str:
    """An attribute's value: the quotes of older senders off, then one round of percent-decoding."""
    if name in _NO_ATTRIBUTES:
        raise BadEvent(
            f"{HEADER_PREFIX}{name} is no attribute: the body and its Content-Type say it"
        )
    if quoted := _QUOTED.fullmatch(value):
        value = re.sub(r"\\(.)", r"\1", quoted[1])
    elif not _ENCODED.fullmatch(value):
        raise BadEvent(f"{HEADER_PREFIX}{name} is not percent-encoded")
    try:
        return unquote_to_bytes(value).decode()
    except UnicodeDecodeError:
        raise BadEvent(f"{HEADER_PREFIX}{name} is not percent-encoded UTF-8") from None
