"""A topic's schema as rows that a person can read: pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bus.model.data_schema import followed

_MOST = 200
_DEEPEST = 6
_WORDS_AT_MOST = 200
_RULES = {
    "minimum": "{} or more",
    "exclusiveMinimum": "more than {}",
    "maximum": "{} or less",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minLength": "{} characters or more",
    "maxLength": "{} characters at most",
    "minItems": "{} items or more",
    "maxItems": "{} items at most",
    "pattern": "matches {}",
    "format": "{}",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One row: `name` is the way to it (`price.amount`, `bids[]`; "" for `data` itself)."""

    name: str
    type: str
    required: bool
    rules: str
    description: str | None


def fields_of(schema: Mapping[str, Any]) -> list[Field]:
    """What may be in `data`: 200 rows and 6 levels at most, itself first where it isn't simply an
    object. Of a choice of schemas the words are told, not the rows."""
    rows: list[Field] = []
    for row in _rows(schema, schema, "", True, 0):
        if len(rows) == _MOST:
            break
        rows.append(row)
    return rows if len(rows) == 1 else [row for row in rows if row.name or row.type != "object"]


def _rows(
    whole: Mapping[str, Any], node: Any, name: str, required: bool, depth: int
) -> Iterator[Field]:
    node = _resolved(whole, node)
    said = node.get("description") or node.get("title")
    yield Field(name, _type(whole, node), required, _rules_of(node), said and str(said))
    if depth == _DEEPEST:
        return
    owed = node.get("required", ())
    parts = node.get("properties", {})
    # What is owed and not described may be anything; whoever leaves it out is refused.
    undescribed = {key: True for key in owed if key not in parts}
    for key, part in {**parts, **undescribed}.items():
        inner = f"{name}.{key}" if name else key
        yield from _rows(whole, part, inner, key in owed, depth + 1)
    items = node.get("items")
    if isinstance(items, dict) and ("properties" in items or "$ref" in items):
        yield from _rows(whole, items, f"{name}[]", True, depth + 1)


def _resolved(whole: Mapping[str, Any], node: Any) -> dict[str, Any]:
    """The object behind `$ref`, with what is said beside it; of `true` and `false` one without
    rules."""
    if not isinstance(node, dict):
        return {} if node is not False else {"type": "never"}
    rest = {key: value for key, value in node.items() if key != "$ref"}
    ref = node.get("$ref")
    return _resolved(whole, followed(whole, ref)) | rest if isinstance(ref, str) else rest


def _type(whole: Mapping[str, Any], node: Mapping[str, Any]) -> str:
    if "const" in node:
        return _cut(_as_sent(node["const"]))
    if "enum" in node:
        return _cut(" or ".join(_as_sent(value) for value in node["enum"]))
    types = node.get("type")
    if types is not None:
        words = " or ".join(types) if isinstance(types, list) else str(types)
        items = node.get("items")
        inner = _type(whole, _resolved(whole, items)) if isinstance(items, dict) else None
        return f"{words} of {inner}" if words == "array" and inner else words
    choices = node.get("anyOf") or node.get("oneOf") or ()
    words = " or ".join(dict.fromkeys(_type(whole, _resolved(whole, one)) for one in choices))
    return _cut(words) or ("object" if "properties" in node else "anything")


def _as_sent(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _rules_of(node: Mapping[str, Any]) -> str:
    said = [words.format(node[key]) for key, words in _RULES.items() if key in node]
    return _cut(", ".join(said))


def _cut(words: str) -> str:
    return words if len(words) <= _WORDS_AT_MOST else f"{words[: _WORDS_AT_MOST - 1]}…"
