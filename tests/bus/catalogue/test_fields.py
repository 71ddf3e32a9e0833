"""A schema as rows for people."""

from typing import Any

import pytest

from bus.catalogue.fields import fields_of


def rows(schema: dict[str, Any]) -> list[tuple[str, str, bool]]:
    return [(row.name, row.type, row.required) for row in fields_of(schema)]


def test_each_property_is_a_row_and_so_are_those_within() -> None:
    schema = {
        "type": "object",
        "required": ["price"],
        "properties": {
            "price": {"$ref": "#/$defs/money"},
            "tags": {"type": "array", "items": {"type": "string"}},
            "bids": {"items": {"properties": {"by": {"type": ["string", "null"]}}}},
        },
        "$defs": {"money": {"type": "object", "properties": {"amount": {"type": "number"}}}},
    }
    assert rows(schema) == [
        ("price", "object", True),
        ("price.amount", "number", False),
        ("tags", "array of string", False),
        ("bids", "anything", False),
        ("bids[]", "object", True),
        ("bids[].by", "string or null", False),
    ]


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "null"}, "null"),
        ({"enum": ["a", 1]}, '"a" or 1'),
        ({"enum": [True, None, {"ü": []}]}, 'true or null or {"ü": []}'),
        ({"const": None}, "null"),
        ({"anyOf": [{"type": "null"}, {"type": "string"}]}, "null or string"),
        ({}, "anything"),
    ],
)
def test_what_is_no_object_is_one_row(schema: dict[str, Any], words: str) -> None:
    assert rows(schema) == [("", words, True)]


def test_what_is_needed_is_told_though_nothing_describes_it() -> None:
    schema = {"type": "object", "required": ["by"], "properties": {"n": {"type": "integer"}}}
    assert sorted(rows(schema)) == [("by", "anything", True), ("n", "integer", False)]


def test_rules_are_said_in_words() -> None:
    part = {"type": "integer", "minimum": 1, "maximum": 9, "description": "How many"}
    (row,) = fields_of({"properties": {"n": part}, "required": ["n"], "type": "object"})
    assert (row.rules, row.description) == ("1 or more, 9 or less", "How many")


def test_there_is_an_end_to_rows_levels_and_words() -> None:
    wide = {"properties": {f"p{n}": {"enum": ["x" * 50] * 50} for n in range(500)}}
    assert len(fields_of(wide)) <= 200
    assert max(len(row.type) for row in fields_of(wide)) <= 200
    deep: dict[str, Any] = {}
    for _ in range(12):
        deep = {"properties": {"a": deep}}
    assert max(row.name.count(".") for row in fields_of(deep)) == 5


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": True, "b": False}},
        {"items": [{}]},
        {"properties": {"a": {"description": "x", "$ref": "#/$defs/b"}}, "$defs": {"b": {}}},
    ],
)
def test_odd_schemas_have_rows_too(schema: dict[str, Any]) -> None:
    assert fields_of(schema)
