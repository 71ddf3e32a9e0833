from typing import Any

import pytest
from hypothesis import given

from bus.errors import BadEvent
from bus.publish.cloudevents import check_cloudevents
from bus.publish.validation import CheckedEvent, Limits
from tests.bus.json_values import json_values

GOOD: dict[str, Any] = {
    "specversion": "1.0",
    "id": "9f3a-17",
    "source": "urn:gavel:bus:9f3a",
    "type": "gavel.bids.create",
    "subject": "https://x.example/7",
}
T_MS = 1_795_255_200_123
TIME = "2026-11-21T10:00:00.123Z"


def check(*values: Any) -> list[CheckedEvent]:
    return check_cloudevents(list(values), "bids", Limits())


def test_the_four_attributes_and_no_data_are_an_event() -> None:
    assert check(GOOD) == [CheckedEvent("create", "https://x.example/7")]


@pytest.mark.parametrize(
    ("more", "timestamp_ms"),
    [
        ({}, None),
        ({"time": None}, None),
        ({"time": "2026-11-21t10:00:00.123z"}, T_MS),
        ({"time": "2016-12-31T23:59:60Z"}, 1_483_228_800_000),
        ({"time": TIME}, T_MS),
        ({"time": "1970-01-01T00:00:00Z"}, 0),
        ({"time": "2026-11-21T11:00:00.123+01:00"}, T_MS),
        ({"data": {"t": T_MS}}, T_MS),
        ({"time": "1990-01-01T00:00:00Z", "data": {"t": T_MS}}, T_MS),
        ({"time": TIME, "data": {"t": None}}, T_MS),
    ],
)
def test_the_time_is_in_the_data_or_the_envelope(
    more: dict[str, Any], timestamp_ms: int | None
) -> None:
    assert check(GOOD | more)[0].timestamp_ms == timestamp_ms


def test_the_hint_is_inside_the_data() -> None:
    data = {"url": GOOD["subject"], "t": 5, "position": 17, "data": {"hint": 1}, "more": [1]}
    (event,) = check(GOOD | {"data": data, "datacontenttype": "application/json", "more": 1})
    assert event == CheckedEvent("create", "https://x.example/7", 5, '{"hint":1}')


def test_a_batch_may_be_empty() -> None:
    assert check() == []


BAD: list[dict[str, Any]] = [
    {"specversion": "0.3"},
    {"specversion": 1.0},
    {"id": ""},
    {"id": 7},
    {"source": None},
    {"type": "gavel.orders.create"},
    {"type": "bids.create"},
    {"type": "gavel.bids.changed"},
    {"type": "gavel.bids."},
    {"type": None},
    {"type": ["gavel.bids.create"]},
    {"subject": None},
    {"subject": "https://x.example/7?a=1"},
    {"time": "yesterday"},
    {"time": "2026-11-21T10:00:00"},
    {"time": "1960-01-01T00:00:00Z"},
    {"time": "1969-12-31T23:59:59.999Z"},
    {"time": 5},
    {"time": "yesterday", "data": {"t": 5}},
    {"time": {"t": 5}, "data": {"t": 5}},
    {"time": "2026-02-29T00:00:00Z", "data": {"t": 5}},
    {"data": "x"},
    {"data": {"url": "https://x.example/8"}},
    {"data": {"url": {}}},
    {"data": {"t": "5"}},
    {"data": {"data": "x"}},
]


def test_one_without_a_subject_is_told_so() -> None:
    with pytest.raises(BadEvent, match="subject: the URL is missing"):
        check({key: value for key, value in GOOD.items() if key != "subject"})


@pytest.mark.parametrize("change", BAD, ids=repr)
def test_a_bad_one_refuses_the_batch_and_is_named(change: dict[str, Any]) -> None:
    with pytest.raises(BadEvent) as refused:
        check(GOOD, GOOD | change)
    assert refused.value.index == 1


@pytest.mark.parametrize("body", [None, {}, GOOD, "x", 1])
def test_a_batch_is_an_array(body: Any) -> None:
    with pytest.raises(BadEvent):
        check_cloudevents(body, "bids", Limits())


def test_more_than_a_thousand_are_refused() -> None:
    assert len(check(*[GOOD] * 1_000)) == 1_000
    with pytest.raises(BadEvent):
        check(*[GOOD] * 1_001)


@given(json_values)
def test_whatever_comes_is_an_event_or_refused(value: Any) -> None:
    for body in (value, GOOD | {"data": value}, GOOD | {"time": value}, GOOD | {"subject": value}):
        try:
            check(body)
        except BadEvent:
            continue


WRONG = [0, 1, 1.5, True, [], {}, [None], {"a": 1}, "", "\u0661", 10**40]


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type", "subject", "time", "data"])
@pytest.mark.parametrize("wrong", WRONG)
def test_a_value_of_the_wrong_type_is_refused_by_the_attributes_name(name: str, wrong: Any) -> None:
    if (name in {"id", "source"} and wrong == "\u0661") or (
        name == "data" and isinstance(wrong, dict)
    ):
        return  # as good as any
    with pytest.raises(BadEvent, match=name):
        check(GOOD | {name: wrong})


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"data": {"t": "1"}}, "data.t"),
        ({"data": {"t": 1.5}}, "data.t"),
        ({"data": {"t": True}}, "data.t"),
        ({"data": {"t": [1]}}, "data.t"),
        ({"data": {"url": 5}}, "data.url"),
        ({"data": {"url": ["a"]}}, "data.url"),
        ({"data": {"data": 5}}, "data"),
        ({"data": {"data": "text"}}, "data"),
        ({"datacontenttype": 5}, "datacontenttype"),
        ({"datacontenttype": ["application/json"]}, "datacontenttype"),
        ({"dataschema": {}}, "dataschema"),
        ({"data_base64": "YQ=="}, "data_base64"),
        ({"datacontenttype": "text/plain"}, "datacontenttype"),
        ({"Subject": "https://x.example/7"}, "name"),
    ],
)
def test_so_is_one_inside_or_beside_the_data(more: dict[str, Any], name: str) -> None:
    with pytest.raises(BadEvent, match=name):
        check(GOOD | more)
