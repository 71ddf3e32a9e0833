"""A topic's schema as AsyncAPI has it, which is draft-07 (AsyncAPI 3.0, Schema Object): pure."""

from collections.abc import Mapping
from typing import Any

_MAPS = frozenset(
    {"properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"}
)
_REF = "$ref"  # a property of that name is left out: the official parser falls over it
_HOMES = ("definitions", "$defs")
# What AsyncAPI or its readers take for something of their own.
_DROPPED = frozenset({"$schema", "$id", "$anchor", "discriminator", "externalDocs", "deprecated"})


def as_draft_07(schema: Mapping[str, Any], at: str) -> dict[str, Any]:
    """The schema, for a document where it is found `at` a pointer (`#/components/schemas/x`). What
    draft-07 has no word for is left out or says nothing there: it lets more through, never less."""
    draft_07 = "draft-07" in schema.get("$schema", "")
    return _Translation(at, draft_07=draft_07).schema(schema)


class _Translation:
    def __init__(self, at: str, *, draft_07: bool) -> None:
        self._at = at
        self._is_draft_07 = draft_07

    def schema(self, node: Mapping[str, Any]) -> dict[str, Any]:
        said = {key: self._value(key, value) for key, value in node.items() if key not in _DROPPED}
        if not self._is_draft_07:
            _rename(said)
        names = node.get("properties")
        if isinstance(names, dict) and _REF in names:
            said.pop("additionalProperties", None)
        ref = said.pop(_REF, None)
        if not isinstance(ref, str):
            return said
        link = {_REF: self._at + ref.removeprefix("#").replace("/prefixItems/", "/items/")}
        if self._is_draft_07:  # where nothing else beside a $ref means anything
            said = {key: said[key] for key in _HOMES if key in said}
        return said | {"allOf": [link, *said.get("allOf", ())]} if said else link

    def _value(self, key: str, value: Any) -> Any:
        if key in _MAPS and isinstance(value, dict):
            return {name: self._part(one) for name, one in value.items() if name != _REF}
        return self._part(value)

    def _part(self, value: Any) -> Any:
        if isinstance(value, dict):
            return self.schema(value)
        return [self._part(one) for one in value] if isinstance(value, list) else value


def _rename(said: dict[str, Any]) -> None:
    """What 2020-12 calls otherwise, or means otherwise."""
    if "prefixItems" in said:
        rest = said.pop("items", None)
        said["items"] = said.pop("prefixItems")
        if rest is not None:
            said["additionalItems"] = rest
    if "minContains" in said:
        said.pop("contains", None)
