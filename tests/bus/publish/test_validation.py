import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.errors import BadEvent
from bus.publish.validation import MAX_EVENTS, CheckedEvent, Limits, check_event, check_events
from tests.bus.json_values import json_values

LIMITS = Limits(trusted_hosts=frozenset({"localhost"}))
GOOD = {"type": "create", "url": "https://x.example/1"}

almost_events = st.fixed_dictionaries(
    {"type": st.just("create") | json_values, "url": st.just(GOOD["url"]) | json_values},
    optional={"timestamp": st.integers() | json_values, "data": json_values, "more": json_values},
)


@pytest.mark.parametrize("type", ["create", "update", "delete", "noop"])
def test_the_four_types_are_taken(type: str) -> None:
    assert check_event(GOOD | {"type": type}, LIMITS).type == type


@pytest.mark.parametrize("type", [None, "", "Create", "created", 1, True, [], {}, ["create"]])
def test_another_type_is_refused(type: object) -> None:
    with pytest.raises(BadEvent, match="type"):
        check_event(GOOD | {"type": type}, LIMITS)


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"type": 1, "url": "http://x.example/"}, "the type"),
        ({"url": "http://x.example/", "timestamp": -1}, "the URL"),
        ({"url": "https://u@x.example/", "data": 1}, "the URL"),
        ({"timestamp": -1, "data": 1}, "the timestamp"),
    ],
)
def test_of_several_complaints_the_first_key_of_the_table_counts(
    wrong: dict[str, object], what: str
) -> None:
    with pytest.raises(BadEvent, match=what):
        check_event(GOOD | wrong, LIMITS)


@pytest.mark.parametrize("missing", ["type", "url"])
def test_type_and_url_are_needed(missing: str) -> None:
    with pytest.raises(BadEvent):
        check_event({key: value for key, value in GOOD.items() if key != missing}, LIMITS)


@pytest.mark.parametrize("url", [None, 1, [], "x", "https://x.example/?a", "http://x.example/"])
def test_a_bad_url_is_refused(url: object) -> None:
    with pytest.raises(BadEvent, match="URL"):
        check_event(GOOD | {"url": url}, LIMITS)


def test_a_url_with_credentials_is_refused_without_repeating_them() -> None:
    with pytest.raises(BadEvent) as caught:
        check_event(GOOD | {"url": "https://user:secret@x.example/1"}, LIMITS)
    assert "secret" not in str(caught.value)


def test_plain_http_is_for_trusted_hosts() -> None:
    assert check_event(GOOD | {"url": "http://localhost:8002/bids/1"}, LIMITS)


@pytest.mark.parametrize("timestamp", [0, 1, 1_700_000_000_000, 2**53 - 1])
def test_a_timestamp_is_milliseconds(timestamp: int) -> None:
    assert check_event(GOOD | {"timestamp": timestamp}, LIMITS).timestamp_ms == timestamp


def test_a_timestamp_may_be_null() -> None:
    assert check_event(GOOD | {"timestamp": None}, LIMITS).timestamp_ms is None


@pytest.mark.parametrize("timestamp", [-1, 2**53, 10**30, 1.5, 1.0, "1", True, False, [], {}])
def test_another_timestamp_is_refused(timestamp: object) -> None:
    with pytest.raises(BadEvent, match="timestamp"):
        check_event(GOOD | {"timestamp": timestamp}, LIMITS)


def test_data_is_kept_as_json() -> None:
    data = {"a": [1, None, "ü"]}
    kept = check_event(GOOD | {"data": data}, LIMITS).data
    assert kept is not None
    assert json.loads(kept) == data


def test_data_of_64_bytes_is_taken_and_65_refused() -> None:
    assert check_event(GOOD | {"data": {"a": "x" * 56}}, LIMITS)
    with pytest.raises(BadEvent, match="64 bytes"):
        check_event(GOOD | {"data": {"a": "x" * 57}}, LIMITS)


def test_data_is_measured_in_bytes_not_characters() -> None:
    with pytest.raises(BadEvent, match="64 bytes"):
        check_event(GOOD | {"data": {"a": "ü" * 29}}, LIMITS)


@pytest.mark.parametrize("data", [1, "x", [], True, {"a": float("inf")}])
def test_other_data_is_refused(data: object) -> None:
    with pytest.raises(BadEvent, match="data"):
        check_event(GOOD | {"data": data}, LIMITS)


def test_unknown_keys_are_dropped() -> None:
    assert check_event(GOOD | {"payload": "x" * 5000}, LIMITS) == CheckedEvent(
        GOOD["type"], GOOD["url"]
    )


@pytest.mark.parametrize("value", [None, 1, "x", True, 1.5])
def test_what_is_no_object_is_refused(value: object) -> None:
    with pytest.raises(BadEvent):
        check_events(value, LIMITS)


def test_an_array_is_taken_in_order() -> None:
    urls = [f"https://x.example/{n}" for n in range(MAX_EVENTS)]
    checked = check_events([GOOD | {"url": url} for url in urls], LIMITS)
    assert [event.url for event in checked] == urls


@pytest.mark.parametrize("length", [0, MAX_EVENTS + 1])
def test_an_array_holds_1_to_1000_events(length: int) -> None:
    with pytest.raises(BadEvent, match="1 to 1000"):
        check_events([GOOD] * length, LIMITS)


@pytest.mark.parametrize("bad", [None, [], [GOOD], {"type": "create"}])
def test_a_bad_event_in_an_array_is_named_by_its_index(bad: object) -> None:
    with pytest.raises(BadEvent, match="event 2: ") as caught:
        check_events([GOOD, GOOD, bad, GOOD], LIMITS)
    assert caught.value.index == 2


@given(json_values | almost_events | st.lists(almost_events))
def test_whatever_json_comes_is_checked_or_refused(value: Any) -> None:
    try:
        checked = check_events(value, LIMITS)
    except BadEvent:
        return
    assert all(event.type in {"create", "update", "delete", "noop"} for event in checked)
