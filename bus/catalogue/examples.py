"""An event of a topic as it might look, made by what makes real ones."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from bus.delivery.wire.cloudevents import structured
from bus.model.data_schema import DataSchema, followed
from bus.model.event import LogEvent, event_head, whole_event

_DEEPEST = 6
_TEXTS = {
    "date-time": "2026-11-30T08:15:30Z",
    "date": "2026-11-30",
    "time": "08:15:30Z",
    "email": "ada@example.com",
    "uri": "https://example.com/",
    "uuid": "6f1c1a5e-7f0b-4c9e-9d55-0d4a8f0e2b11",
}
_T_MS = 1_795_255_200_123
_REFERENCE = '"$ref"'
# Every entity is created once; not every one is updated.
_TYPE, _POSITION, _ID = "create", 17, "9f3a-17-5c1d2e3f"


def examples_of(
    topic: str, schema: Mapping[str, Any] | None, max_data_bytes: int
) -> dict[str, dict[str, Any]]:
    """The same event as it is `published`, as it is delivered (`event`), and as a `cloudevent`."""
    data = None if schema is None else _fitting(schema, max_data_bytes)
    text = None if data is None else json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    url = f"https://example.com/{topic}/1"
    body = whole_event(event_head(topic, _TYPE, url, _T_MS, text), _ID, _POSITION)
    published = {"type": _TYPE, "url": url}
    event = LogEvent(_POSITION, topic, _TYPE, url, _T_MS, body)
    return {
        "published": published if data is None else published | {"data": data},
        "event": json.loads(body),
        "cloudevent": json.loads(structured(event)),
    }


def _fitting(schema: Mapping[str, Any], max_data_bytes: int) -> Any:
    """`data` that the schema takes and the bus too; None where it wants none, or none was found."""
    judge = DataSchema(json.dumps(schema))
    offered = [*schema.get("examples", ()), schema.get("default")]
    offered += [_Sample(schema, needed=needed).of(schema) for needed in (False, True)]
    for data in offered:
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        if not isinstance(data, dict) or _REFERENCE in text:  # who reads a document would follow it
            continue
        if len(text.encode()) <= max_data_bytes and judge.takes(data):
            return data
    return None


class _Sample:
    """Makes values by what a schema says of them; `needed`: of an object only what it must have."""

    def __init__(self, whole: Mapping[str, Any], *, needed: bool) -> None:
        self._whole = whole
        self._needed = needed

    def of(self, node: Any, depth: int = 0) -> Any:
        """A value, which may break rules that are harder to keep than to check."""
        if not isinstance(node, dict) or depth > _DEEPEST:
            return None
        if isinstance(node.get("$ref"), str):
            return self.of(followed(self._whole, node["$ref"]), depth + 1)
        for value in _named(node):
            return value
        for keyword in ("anyOf", "oneOf", "allOf"):
            if "type" not in node and node.get(keyword):
                return self.of(node[keyword][0], depth + 1)
        return self._by_type(node, depth)

    def _by_type(self, node: Mapping[str, Any], depth: int) -> Any:
        types = node.get("type", "object" if "properties" in node else "null")
        kind = types[0] if isinstance(types, list) and types else types
        if kind == "object":
            return self._object(node, depth)
        if kind == "array":
            least = max(node.get("minItems", 1), 1)
            return [self.of(node.get("items", {}), depth + 1)] * min(least, 3)
        make = _SCALARS.get(kind)
        return None if make is None else make(node)

    def _object(self, node: Mapping[str, Any], depth: int) -> dict[str, Any]:
        owed = node.get("required", ())
        parts = node.get("properties", {})
        wanted = [name for name in parts if name in owed or not self._needed]
        return {name: self.of(parts[name], depth + 1) for name in wanted}


def _named(node: Mapping[str, Any]) -> list[Any]:
    """The values that a schema names itself."""
    alone = [node[keyword] for keyword in ("const", "default") if keyword in node]
    return [*alone, *node.get("examples", ()), *node.get("enum", ())]


def _text(node: Mapping[str, Any]) -> str:
    text = _TEXTS.get(node.get("format", ""), "text")
    return text.ljust(min(node.get("minLength", 0), 100), "x")[: node.get("maxLength")]


def _number(node: Mapping[str, Any]) -> Any:
    if "minimum" in node:
        return node["minimum"]
    if "exclusiveMinimum" in node:
        return node["exclusiveMinimum"] + 1
    return min(1, node.get("maximum", 1), node.get("exclusiveMaximum", 2) - 1)


_SCALARS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "string": _text,
    "integer": _number,
    "number": _number,
    "boolean": lambda _: True,
}
