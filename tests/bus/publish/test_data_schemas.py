"""Which topics' schemas a process knows, and what it says of events that they refuse."""

import json
from typing import Any

import pytest

from bus.model.data_schema import DataSchema
from bus.publish import data_schemas
from bus.publish.data_schemas import DataSchemas, refusal
from bus.publish.validation import CheckedEvent

PRICED = json.dumps(
    {"type": "object", "required": ["price"], "properties": {"price": {"type": "integer"}}}
)


class Store:
    """What the topics' schemas are, and which of them were asked for."""

    def __init__(self, **schemas: str) -> None:
        self.schemas = schemas
        self.asked: list[str] = []

    def find(self, topic: str) -> str | None:
        self.asked.append(topic)
        return self.schemas.get(topic)


def event(data: Any = None) -> CheckedEvent:
    text = None if data is None else json.dumps(data)
    return CheckedEvent("create", "https://x.example/1", None, text)


def test_no_store_is_asked_for_a_topic_that_nothing_is_known_of() -> None:
    store = Store(bids=PRICED)
    assert DataSchemas(store.find).of("bids") is None
    assert store.asked == []


def test_what_was_learnt_holds_until_it_is_learnt_anew() -> None:
    store = Store(bids=PRICED)
    known = DataSchemas(store.find)
    known.learn("bids")
    first = known.of("bids")
    assert first is not None
    assert first.takes({"price": 1})
    store.schemas = {"bids": '{"type": "null"}'}
    assert known.of("bids") is first
    known.learn("bids")
    second = known.of("bids")
    assert second is not None
    assert (second.takes({"price": 1}), second.digest == first.digest) == (False, False)
    store.schemas = {}
    known.learn("bids")
    assert known.of("bids") is None


def test_of_too_many_the_one_that_was_learnt_first_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(data_schemas, "_MOST_KNOWN", 2)
    known = DataSchemas(lambda _: PRICED)
    for topic in ("a", "b", "a", "c"):
        known.learn(topic)
    assert [topic for topic in "abc" if known.of(topic)] == ["a", "c"]


def test_a_refusal_names_the_place_and_in_an_array_the_event() -> None:
    schema = DataSchema(PRICED)
    taken, wrong = event({"price": 1}), event({"price": "1"})
    assert refusal(schema, [taken, taken], is_array=True) is None
    why = refusal(schema, [taken, wrong], is_array=True)
    assert why is not None
    assert (why.index, why.pointer) == (1, "/data/price")
    alone = refusal(schema, [wrong], is_array=False)
    assert alone is not None
    assert (alone.index, alone.pointer) == (None, "/data/price")


def test_an_event_without_data_is_told_so() -> None:
    why = refusal(DataSchema(PRICED), [event()], is_array=False)
    assert why is not None
    assert (str(why).startswith("it has no data: "), why.pointer) == (True, "/data")
