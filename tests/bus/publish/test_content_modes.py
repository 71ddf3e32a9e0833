"""Structured and binary mode; what one event may say is in test_cloudevents."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service_kit.problems import Problem

from bus.errors import BadEvent, BadMediaType
from bus.publish.content_modes import attributes_in, attributes_of, read_cloudevents
from bus.publish.publisher import PublishCall, read_events
from bus.publish.validation import CheckedEvent, Limits

URL = "https://x.example/7"
GOOD = {
    "specversion": "1.0",
    "id": "9f3a-17",
    "source": "urn:gavel:bus:9f3a",
    "type": "gavel.bids.create",
    "subject": URL,
}


def binary(
    changes: dict[str, str] | None = None, body: bytes = b"", media_type: str = "application/json"
) -> CheckedEvent:
    (event,) = read_cloudevents(body, media_type, GOOD | (changes or {}), "bids", Limits())
    return event


def structured(body: Any, media_type: str = "application/cloudevents+json") -> CheckedEvent:
    (event,) = read_cloudevents(json.dumps(body).encode(), media_type, None, "bids", Limits())
    return event


def test_a_structured_one_is_an_object() -> None:
    assert structured(GOOD) == CheckedEvent("create", URL)


@pytest.mark.parametrize("body", [[GOOD], [], None, "x", 1])
def test_anything_else_is_refused(body: Any) -> None:
    with pytest.raises(BadEvent, match="is an object"):
        structured(body)


@pytest.mark.parametrize(
    "name", ["dataContentType", "my-attribute", "my_attribute", "", "ä", "a b"]
)
def test_an_attribute_has_the_name_that_the_specification_wants(name: str) -> None:
    with pytest.raises(BadEvent, match="name"):
        structured(GOOD | {name: "x"})


@pytest.mark.parametrize("type", ["text/plain", "application/xml", "application/jsonx", "json"])
def test_data_that_calls_itself_no_json_is_refused(type: str) -> None:
    with pytest.raises(BadEvent, match="datacontenttype"):
        structured(GOOD | {"datacontenttype": type, "data": {"t": 5}})


@pytest.mark.parametrize(
    "type", ["application/json; charset=utf-8", "Text/JSON", "application/vnd.gavel+json"]
)
def test_data_may_be_json_by_any_name(type: str) -> None:
    data = {"t": 5}
    assert structured(GOOD | {"datacontenttype": type, "data": data}).timestamp_ms == 5
    assert binary(body=json.dumps(data).encode(), media_type=type).timestamp_ms == 5


@pytest.mark.parametrize("suffix", ["", "+xml", "+avro", "-batch+xml", "-batch"])
def test_a_format_that_is_not_taken_is_said_to_be_so(suffix: str) -> None:
    with pytest.raises(BadMediaType, match=r"application/cloudevents\+json"):
        structured(GOOD, f"application/cloudevents{suffix}")


def test_in_binary_mode_headers_are_the_attributes_and_the_body_is_the_data() -> None:
    body = b'{"url": "https://x.example/7", "data": {"hint": 1}}'
    event = binary({"time": "2026-11-21T10:00:00.123Z", "partitionkey": "x"}, body)
    assert event == CheckedEvent("create", URL, 1_795_255_200_123, '{"hint":1}')


@pytest.mark.parametrize("media_type", ["", "application/json", "text/plain"])
def test_without_a_body_there_is_no_data_whatever_it_would_be(media_type: str) -> None:
    assert binary(media_type=media_type) == CheckedEvent("create", URL)


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_body_that_is_no_json_is_not_taken(media_type: str) -> None:
    with pytest.raises(BadMediaType, match="JSON"):
        binary(body=b"{}", media_type=media_type)


def test_a_body_that_only_says_so_is_no_json_either() -> None:
    with pytest.raises(Problem):
        binary(body=b"{", media_type="")


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://x.example/a%2520b", "https://x.example/a%20b"),
        ("https://x.example/%61", "https://x.example/a"),
        ('"https://x.example/7"', URL),
        (r'"https:\/\/x.example/7"', URL),
        ('"https://x.example/%37"', URL),
    ],
)
def test_a_value_is_unquoted_and_decoded_once(written: str, url: str) -> None:
    assert binary({"subject": written}).url == url


@pytest.mark.parametrize("value", ["%", "%4", "%zz", "a b", 'a"b', "é", "%C0%A0", "%FF", '"%FF"'])
@pytest.mark.parametrize("name", ["id", "partitionkey"])
def test_a_value_that_is_not_percent_encoded_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(BadEvent, match=f"ce-{name}"):
        binary({name: value})


@pytest.mark.parametrize("name", ["data", "datacontenttype"])
def test_what_body_and_content_type_say_is_said_by_no_attribute(name: str) -> None:
    with pytest.raises(BadEvent, match=f"ce-{name}"):
        binary({name: "application/json"})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"specversion": "0.3"}, "specversion"),
        ({"specversion": ""}, "specversion"),
        ({"id": ""}, "id"),
        ({"source": ""}, "source"),
        ({"type": "gavel.orders.create"}, "type"),
        ({"type": "gavel.bids.changed"}, "type"),
        ({"subject": "/bids/7"}, "subject"),
        ({"time": "yesterday"}, "time"),
        ({"my-attribute": "x"}, "name"),
    ],
)
def test_every_rule_of_an_event_holds_for_headers(changes: dict[str, str], said: str) -> None:
    with pytest.raises(BadEvent, match=said):
        binary(changes)


@pytest.mark.parametrize("mark", ["specversion", "id", "source", "type"])
def test_one_of_the_four_required_headers_makes_it_binary(mark: str) -> None:
    assert attributes_of([("Host", "x"), (f"Ce-{mark.title()}", "1")]) == {mark: "1"}
    assert attributes_in({b"host": b"x", f"ce-{mark}".encode(): b"1"}) == {mark: "1"}
    plain = b'{"type":"create","url":"https://x.example/7"}'
    with pytest.raises(BadEvent):
        read_events(PublishCall("bids", plain, attributes={mark: "1.0"}), Limits())


def test_other_headers_do_not() -> None:
    assert attributes_of([("Host", "x"), ("Ce-Subject", "1"), ("Cell", "1")]) is None
    assert attributes_in({b"host": b"x", b"ce-subject": b"1"}) is None


@given(st.dictionaries(st.text("abz-_09", max_size=5), st.text(max_size=20)), st.binary(max_size=9))
def test_whatever_comes_is_an_event_or_refused(changes: dict[str, str], body: bytes) -> None:
    try:
        binary(changes, body)
    except (BadEvent, Problem):
        return
