"""A rule of the wire is written once: it checks, complains and describes itself."""

from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Meta

from bus.errors import BadSubscription, BadTopic, Refused
from bus.wire_rules import check, complaint, json_schema

Word = Annotated[str, complaint(lambda _: BadTopic("not a word"), pattern=r"^[a-z]+\Z")]


class Part(msgspec.Struct, forbid_unknown_fields=True):
    """A part."""

    size: Annotated[int, Meta(ge=1, le=9)] | None = None


class Whole(msgspec.Struct, forbid_unknown_fields=True):
    """A whole,
    of parts."""

    words: Annotated[list[Word], complaint("words is not an array", max_length=2)]
    part: Part | None = None
    ids: Annotated[list[int], complaint("ids is not an array of numbers")] | None = None


def said(value: Any, **how: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        check(Whole, value, BadSubscription, **how)
    return caught.value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([], "not an object"),
        ({}, "words is not an array"),
        ({"words": ["a", "b", "c"]}, "words is not an array"),
        ({"words": ["A"]}, "not a word"),
        ({"words": ["a\n"]}, "not a word"),
        ({"words": [], "part": 1}, "not an object"),
        ({"words": [], "part": {"size": 0}}, "size is not a whole number from 1 to 9"),
        ({"words": [], "part": {"size": True}}, "size is not a whole number from 1 to 9"),
        ({"words": [], "part": {"more": 1}}, "unknown key 'more'"),
        ({"words": [], "ids": ["x"]}, "ids is not an array of numbers"),
        ({"words": 1, "b": 1, "a": 1}, "unknown key 'a'"),
    ],
)
def test_the_first_field_that_breaks_a_rule_is_complained_of(value: Any, words: str) -> None:
    assert str(said(value)) == words


def test_rules_of_its_own_keep_a_field_in_its_turn() -> None:
    def odd(words: Any) -> None:
        if words == ["even"]:
            raise BadSubscription("words are odd")

    assert str(said({"words": ["even"], "part": 1}, rules={"words": odd})) == "words are odd"
    assert str(said({"words": ["even"]}, rules={"words": odd})) == "words are odd"
    assert str(said({"words": ["A"], "part": 1}, rules={"words": odd})) == "not a word"


def test_a_complaint_may_be_an_error_of_its_own() -> None:
    assert type(said({"words": ["A"]})) is BadTopic
    assert type(said({"words": 1})) is BadSubscription


def test_of_what_is_no_such_object_the_whole_is_said() -> None:
    assert str(said(1, whole="the body is words")) == "the body is words"
    assert str(said({"more": 1}, whole="the body is words")) == "the body is words"
    assert str(said({"words": 1}, whole="the body is words")) == "words is not an array"


def test_the_schema_holds_the_same_limits_in_the_words_of_json_schema() -> None:
    schema = json_schema(Whole)
    assert schema["description"] == "A whole, of parts."
    assert schema["properties"]["words"]["items"]["pattern"] == "^[a-z]+$"
    assert schema["properties"]["words"]["maxItems"] == 2
    (part, _null) = schema["properties"]["part"]["anyOf"]
    (size, _null) = part["properties"]["size"]["anyOf"]
    assert (size["minimum"], size["maximum"]) == (1, 9)
    assert schema["required"] == ["words"]
    assert schema["additionalProperties"] is False
