"""Schemas that a topic may have and that make trouble in documents about it."""

from typing import Any

DRAFT_07 = "http://json-schema.org/draft-07/schema#"
ODD_SCHEMAS: list[dict[str, Any]] = [
    {"type": "object", "required": ["price"], "properties": {"price": {"type": "integer"}}},
    {"$ref": "#/$defs/a", "$defs": {"a": {"type": ["object", "null"]}}},
    {"$schema": DRAFT_07, "$ref": "#/definitions/a", "definitions": {"a": {"type": "object"}}},
    {"$schema": DRAFT_07, "$id": "https://x.example/", "items": [{}], "additionalItems": False},
    {"properties": {"$ref": {"type": "string"}, "discriminator": {}, "default": True}},
    {"discriminator": {"propertyName": "x"}, "externalDocs": "nowhere", "deprecated": True},
    {"prefixItems": [{"$ref": "#/$defs/a~1b"}], "items": False, "$defs": {"a/b": {}}},
    {"properties": {"a": {"$ref": "#/prefixItems/0"}}, "prefixItems": [{"type": "null"}]},
    {"contains": {"type": "null"}, "minContains": 0, "unevaluatedProperties": False},
    {"enum": [None, {"a": 1}, [1]], "title": "x", "examples": [{"a": 1}], "x-more": {"$ref": 7}},
    {"properties": {"é ü": {"$ref": "#/$defs/%C3%A9"}}, "$defs": {"é": {}}},
    {
        "not": {"const": {}},
        "if": {},
        "then": {"required": ["a"]},
        "dependentRequired": {"a": ["b"]},
    },
    {},
    {"type": "null"},
]
