"""An example is an event that the bus would take, and deliver so."""

import json
from typing import Any

import pytest

from bus.catalogue.examples import examples_of
from bus.model.data_schema import DataSchema
from bus.publish.cloudevents import check_cloudevent
from bus.publish.validation import Limits, check_event


def of(*names: str, **more: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(names), "properties": more}


@pytest.mark.parametrize(
    "schema",
    [
        of("price", price={"type": "integer", "minimum": 3}),
        of("at", at={"type": "string", "format": "date-time"}),
        of("s", s={"$ref": "#/$defs/s"}) | {"$defs": {"s": {"enum": ["open", "closed"]}}},
        of("s", s={"anyOf": [{"const": 7}, {"type": "null"}]}),
        of("l", l={"type": "array", "items": {"type": "boolean"}, "minItems": 2}),
        of("n", n={"type": "number", "exclusiveMinimum": 3}, long={"type": "string"}),
        of("t", t={"type": "string", "minLength": 9}),
        {"type": ["object", "null"], "properties": {"a": {"type": "string", "maxLength": 2}}},
        {"examples": [1, {"given": True}], "type": "object"},
        {"default": {"given": True}, "type": "object", "required": ["given"]},
    ],
)
def test_data_is_as_the_schema_says(schema: dict[str, Any]) -> None:
    made = examples_of("bids", schema, 64)
    assert DataSchema(json.dumps(schema)).takes(made["event"]["data"])
    assert made["published"]["data"] == made["event"]["data"]
    assert made["cloudevent"]["data"]["data"] == made["event"]["data"]


@pytest.mark.parametrize(
    "schema",
    [
        None,
        {"type": "null"},
        of("p", p={"pattern": "^[A-Z]{3}$", "type": "string"}),
        of("p", p={"type": "string", "minLength": 90}),
        {"type": "object", "required": ["a"], "properties": {"a": False}},
        {"items": {"type": "array"}},
        of("p", p={"type": "string", "maxLength": 1, "minLength": 3}),
    ],
)
def test_without_data_that_fits_there_is_none(schema: dict[str, Any] | None) -> None:
    assert "data" not in examples_of("bids", schema, 64)["event"]


def test_what_need_not_be_there_is_left_out_where_it_would_be_too_long() -> None:
    schema = of("a", a={"type": "integer"}, b={"type": "string", "minLength": 60})
    assert examples_of("bids", schema, 64)["event"]["data"] == {"a": 1}


def test_the_bus_would_take_both_forms() -> None:
    made = examples_of("bids", of("a", a={"type": "integer"}), 64)
    limits = Limits()
    assert check_event(made["published"], limits).data == '{"a":1}'
    assert check_cloudevent(made["cloudevent"], "bids", limits).data == '{"a":1}'


def test_the_example_is_of_what_happens_to_every_entity_even_one_that_never_changes() -> None:
    made = examples_of("bids", None, 64)
    assert (made["published"]["type"], made["event"]["type"]) == ("create", "create")
    assert made["cloudevent"]["type"] == "gavel.bids.create"
