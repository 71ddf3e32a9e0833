"""What counts as a delivery's body."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bus_drain import Malformed, NotJson, parse

from tests.clients.bus_drain.conftest import event


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        'Application/JSON; profile="https://x.example/y"; v=1',
        "application/vnd.bus.batch+json",
    ],
)
def test_json_with_any_parameters_is_taken(content_type: str) -> None:
    assert [e.id for e in parse(json.dumps([event(4)]).encode(), content_type)] == ["4"]


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/jsonx",
        "application/x-json-not",
        "text/json-seq",
        "json",
    ],
)
def test_another_media_type_is_not(content_type: str | None) -> None:
    with pytest.raises(NotJson):
        parse(b"[]", content_type)


def test_what_a_routemaster_sends_has_no_id_and_no_position() -> None:
    body = json.dumps(
        [{"topic": "widgets", "type": "noop", "url": "https://a.example/1", "t": 5}]
    ).encode()

    (received,) = parse(body, "application/json")

    assert (received.id, received.position, received.data) == (None, None, None)


def test_unknown_keys_are_dropped_and_unknown_types_kept() -> None:
    body = json.dumps([event(1, type="resync", colour="red")]).encode()

    assert parse(body, "application/json")[0].type == "resync"


@pytest.mark.parametrize(
    "changes",
    [
        {"topic": ""},
        {"topic": "Bids"},
        {"topic": "bids\n"},
        {"topic": "b" * 65},
        {"topic": None},
        {"topic": ["bids"]},
        {"type": 1},
        {"type": ""},
        {"url": "/bids/1"},
        {"url": "ftp://a.example/1"},
        {"url": "https:///1"},
        {"url": "https://a.example/ 1"},
        {"url": "https://a.example/\x00"},
        {"url": "https://a.example/1\n"},
        {"url": None},
        {"t": "1"},
        {"t": 1.5},
        {"t": None},
        {"t": True},
        {"id": 1},
        {"position": "1"},
    ],
)
def test_a_value_of_the_wrong_shape_refuses_the_batch(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed, match=r"\$\[1\]"):
        parse(json.dumps([event(1), event(2, **changes)]).encode(), "application/json")


@pytest.mark.parametrize("key", ["topic", "type", "url", "t"])
def test_a_missing_key_refuses_the_batch(key: str) -> None:
    incomplete = event(1)
    del incomplete[key]

    with pytest.raises(Malformed, match=key):
        parse(json.dumps([incomplete]).encode(), "application/json")


@pytest.mark.parametrize("data", ["NaN", "Infinity", '"\\ud800"', "[" * 100_000, "01", "'a'"])
def test_what_json_forbids_is_refused(data: str) -> None:
    body = json.dumps([event(1, data=0)])[:-3] + data + "}]"

    with pytest.raises(Malformed):
        parse(body.encode(), "application/json")


def test_a_batch_has_ten_thousand_events_at_most() -> None:
    events = [{"topic": "a", "type": "noop", "url": "https://a.example/1", "t": 5}] * 10_000

    assert len(parse(json.dumps(events).encode(), "application/json")) == 10_000
    with pytest.raises(Malformed, match="more than 10000 events"):
        parse(json.dumps([*events, events[0]]).encode(), "application/json")
