"""Which schemas events can be judged by, and what they say of data."""

import json
import time
from typing import Any

import pytest

from bus.errors import BadSchema
from bus.model.data_schema import DataSchema, check_schema

PRICE: dict[str, Any] = {
    "type": "object",
    "required": ["price"],
    "properties": {
        "price": {"type": "integer", "minimum": 1},
        "a/b~c": {"items": {"type": "null"}},
    },
}


def compiled(schema: dict[str, Any]) -> DataSchema:
    check_schema(schema)
    return DataSchema(json.dumps(schema))


def doubling(levels: int) -> dict[str, Any]:
    """Small to write, and twice as large for each level when it is followed."""
    rest = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(levels)}
    return {"$ref": "#/$defs/d0", "$defs": rest | {f"d{levels}": {}}}


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    for _ in range(levels):
        schema = {"not": schema}
    return schema


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"price": 1}, None),
        ({"price": 0}, (0, "/price")),
        ({"price": "1"}, (0, "/price")),
        ({"price": 1, "a/b~c": [None, 1]}, (0, "/a~1b~0c/1")),
        ({}, (0, "")),
        (None, (0, "")),
    ],
)
def test_it_says_where_data_is_wrong(data: Any, expected: tuple[int, str] | None) -> None:
    found = compiled(PRICE).mismatch([None if data is None else json.dumps(data)])
    assert (found and (found.index, found.pointer)) == expected


def test_the_first_of_many_that_is_wrong_is_named() -> None:
    found = compiled(PRICE).mismatch(['{"price": 1}', '{"price": 2}', '{"price": 0}', "{}"])
    assert found is not None
    assert (found.index, found.reason) == (2, "0 is less than the minimum of 1")


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "prefixItems": [{}]},
        {"$schema": "http://json-schema.org/draft-07/schema#", "items": [{}]},
        {"$id": "https://shop.example/price", "type": "object"},
        {"properties": {"$ref": {"type": "string"}, "$id": {"type": "string"}}},
        {"$ref": "#/$defs/a", "$defs": {"a": {"type": "null"}}},
        {"properties": {"a": {"$ref": "#/definitions/a~1b"}}, "definitions": {"a/b": {}}},
        {"pattern": r"^\w{1,64}$", "format": "email"},
        {"enum": list(range(3000))},
        doubling(5),
        nested(15),
    ],
)
def test_a_schema_with_an_end_is_taken(schema: dict[str, Any]) -> None:
    check_schema(schema)


BAD: dict[str, Any] = {
    "no number": {"maximum": float("inf")},
    "no text": {"title": "\ud800"},
    "no type": {"type": "object or so"},
    "a dialect that nobody knows": {"$schema": "https://x.example/meta"},
    "an old dialect": {"$schema": "http://json-schema.org/draft-04/schema#"},
    "no dialect": {"$schema": 4},
    "a dialect within": {
        "properties": {"a": {"$schema": "http://json-schema.org/draft-07/schema"}}
    },
    "a base within": {"properties": {"a": {"$id": "https://x.example/"}}},
    "another file": {"$ref": "https://x.example/schema.json"},
    "another file within": {"properties": {"a": {"$ref": "file:///etc/passwd"}}},
    "another file in an enum": {"enum": [{"$ref": "http://169.254.169.254/"}]},
    "an anchor": {"$ref": "#here", "$defs": {"a": {"$anchor": "here"}}},
    "dynamic": {"$dynamicRef": "#/a"},
    "nowhere": {"$ref": "#/$defs/none"},
    "nowhere in a list": {"$ref": "#/allOf/7", "allOf": [{}]},
    "into a word": {"$ref": "#/title/x", "title": "x"},
    "itself": {"properties": {"a": {"$ref": "#/properties"}}},
    "each other": {
        "$ref": "#/$defs/a",
        "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}},
    },
    "more and more": doubling(14),
    "too deep": nested(33),
    "far too deep": nested(500),
    "too large": {"title": "x" * 17_000},
    "look-around": {"pattern": "(?=a)b"},
    "a back reference": {"pattern": r"(a)\1"},
    "a pattern that is too large": {"pattern": "(a{1000}){1000}"},
    "a broken pattern": {"patternProperties": {"(": {}}},
    "many patterns": {"anyOf": [{"pattern": f"^{n}"} for n in range(21)]},
    "many patterns of properties": {"patternProperties": {f"^{n}": {} for n in range(21)}},
}


@pytest.mark.parametrize("case", BAD)
def test_a_schema_without_an_end_is_not(case: str) -> None:
    began_s = time.process_time()
    with pytest.raises(BadSchema):
        check_schema(BAD[case])
    assert time.process_time() - began_s < 2


def test_a_pattern_that_others_choke_on_takes_no_time() -> None:
    schema = compiled({"properties": {"a": {"pattern": "^(a+)+$"}}})
    began_s = time.process_time()
    assert schema.mismatch([json.dumps({"a": "a" * 100_000 + "!"})]) is not None
    assert time.process_time() - began_s < 2


def test_data_that_is_nested_deeply_is_no_crash() -> None:
    deep = '{"a":' * 400 + "1" + "}" * 400
    assert compiled({"type": "object"}).mismatch([deep]) is None
    found = compiled({"const": {"a": {}}}).mismatch([deep])
    assert found is not None
    assert len(found.reason) < 400


def test_one_schema_is_told_from_another() -> None:
    texts = ['{"type": "object"}', '{"type": "null"}', '{"type": "object"}']
    first, other, again = (DataSchema(text).digest for text in texts)
    assert first == again != other


def test_a_schema_of_10_000_parts_is_taken_and_of_one_more_is_not() -> None:
    """Ten that lead to a list or hold one, three that are in $defs, and the list, three times."""
    twice = [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}]
    schema: dict[str, Any] = {"allOf": twice, "$defs": {"a": {"enum": [0] * 3_329}}}
    check_schema(schema)
    with pytest.raises(BadSchema):
        check_schema(schema | {"title": "one more"})
