"""The same events as CloudEvents."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bus_drain import Malformed, parse

from tests.clients.bus_drain.conftest import Deliverer, Heard
from tests.clients.readme import ROOT

BATCH = "application/cloudevents-batch+json"
STRUCTURED = "application/cloudevents+json"
URL = "https://bids.example/bids/7"


def cloud_event(**changes: Any) -> dict[str, Any]:
    whole = {
        "specversion": "1.0",
        "id": "9f3a-17",
        "source": "urn:gavel:bus:9f3a",
        "type": "gavel.bids.create",
        "subject": URL,
        "time": "2026-11-21T10:00:00.123Z",
        "datacontenttype": "application/json",
        "data": {"url": URL, "t": 1795255200123, "position": 17, "data": {"hint": 1}},
    } | changes
    return {name: value for name, value in whole.items() if value is not None}


def parsed(*events: dict[str, Any]) -> Any:
    return parse(json.dumps(events).encode(), BATCH)


def test_a_batch_says_the_same_as_the_buss_own_format() -> None:
    own = {
        "topic": "bids",
        "type": "create",
        "url": URL,
        "t": 1795255200123,
        "id": "9f3a-17",
        "position": 17,
        "data": {"hint": 1},
    }

    assert parsed(cloud_event()) == parse(json.dumps([own]).encode(), "application/json")


def test_the_example_of_the_protocol_page_is_taken() -> None:
    page = ROOT.joinpath("docs", "protocol.md").read_text(encoding="utf-8")
    section = page.partition("### CloudEvents")[2]
    example = section.partition("```json\n")[2].partition("```")[0]

    assert parsed(json.loads(example)) == parsed(cloud_event())


@pytest.mark.parametrize(
    "content_type",
    [BATCH, BATCH + "; charset=utf-8", "Application/CloudEvents-Batch+JSON;charset=UTF-8"],
)
def test_the_content_type_may_carry_parameters(content_type: str) -> None:
    assert len(parse(json.dumps([cloud_event()]).encode(), content_type)) == 1


def test_without_data_the_attributes_say_enough() -> None:
    (event,) = parsed(cloud_event(data=None))

    assert (event.url, event.t, event.position, event.data) == (URL, 1795255200123, None, None)


def test_unknown_attributes_and_types_are_no_reason_to_refuse() -> None:
    (event,) = parsed(cloud_event(type="gavel.bids.resync", dataschema="https://x.example/"))

    assert event.type == "resync"


@pytest.mark.parametrize(
    "changes",
    [
        {"specversion": "0.3"},
        {"specversion": None},
        {"id": None},
        {"id": 1},
        {"source": None},
        {"type": None},
        {"type": "gavel.bids"},
        {"type": "com.example.bids.create"},
        {"type": "gavel.bids.create.more"},
        {"type": "gavel..create"},
        {"subject": None},
        {"subject": "/bids/7", "data": None},
        {"subject": "https://bids.example/bids/8"},
        {"data": {"url": "https://bids.example/bids/8", "t": 1}},
        {"data": {"t": "1"}},
        {"data": [1]},
        {"time": "yesterday"},
        {"time": None, "data": None},
        {"time": "2026-11-21T10:00:00", "data": None},
    ],
)
def test_anything_else_refuses_the_batch_naming_the_index(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed, match=r"\$\[1\]"):
        parsed(cloud_event(), cloud_event(**changes))


def test_a_signed_batch_reaches_its_listener(deliver: Deliverer, heard: Heard) -> None:
    assert deliver([cloud_event()], content_type=BATCH).status_code == 204
    assert heard.urls == [URL]
    assert deliver(cloud_event(), content_type=BATCH).status_code == 400


def test_one_alone_is_a_delivery_too(deliver: Deliverer, heard: Heard) -> None:
    assert deliver(cloud_event(), content_type=f"{STRUCTURED}; charset=utf-8").status_code == 204
    assert heard.urls == [URL]
    for body in ([cloud_event()], cloud_event(type="bids.create"), {}, None):
        assert deliver(body, content_type=STRUCTURED).status_code == 400
