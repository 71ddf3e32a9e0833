"""A schema of 2020-12 for those who read draft-07."""

from bus.catalogue.draft07 import as_draft_07

AT = "#/components/schemas/x"


def test_references_lead_to_where_the_schema_is_now() -> None:
    schema = {"properties": {"a": {"$ref": "#/$defs/b"}}, "$defs": {"b": {"type": "null"}}}
    said = as_draft_07(schema, AT)
    assert said["properties"]["a"] == {"$ref": f"{AT}/$defs/b"}
    assert said["$defs"] == schema["$defs"]


def test_what_is_said_beside_a_reference_is_kept() -> None:
    schema = {"$ref": "#/$defs/b", "minimum": 3, "$defs": {"b": {}}}
    assert as_draft_07(schema, AT) == {
        "minimum": 3,
        "$defs": {"b": {}},
        "allOf": [{"$ref": f"{AT}/$defs/b"}],
    }
    older = schema | {"$schema": "http://json-schema.org/draft-07/schema#"}
    assert "minimum" not in as_draft_07(older, AT)


def test_tuples_are_written_as_they_were() -> None:
    schema = {"prefixItems": [{"type": "null"}], "items": False}
    assert as_draft_07(schema, AT) == {"items": [{"type": "null"}], "additionalItems": False}


def test_what_asyncapi_reads_otherwise_is_left_out_but_as_a_name() -> None:
    schema = {"$id": "https://x.example/", "discriminator": {}, "deprecated": "x", "minContains": 0}
    assert as_draft_07(schema | {"contains": {}}, AT) == {"minContains": 0}
    named = {"properties": {"discriminator": {"type": "null"}}}
    assert as_draft_07(named, AT) == named
