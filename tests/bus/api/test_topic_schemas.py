"""A topic's schema is kept at publish: by every entrance, in every form, by every process."""

import json
from typing import Any

import pytest
from werkzeug.test import Client

from bus import app
from bus.config import Config
from bus.storage import Logs, Storage
from tests.bus.api.calling import assert_problem, call
from tests.bus.api.entrances import api, loop
from tests.bus.clock import FakeClock
from tests.bus.conftest import TOKENS

__all__ = ["api", "loop"]

PRICED = {
    "type": "object",
    "required": ["price"],
    "properties": {"price": {"type": "integer"}},
    "additionalProperties": False,
}


def event(data: Any = None, number: int = 1) -> dict[str, Any]:
    said = {"type": "create", "url": f"https://x.example/{number}"}
    return said if data is None else said | {"data": data}


def cloud_event(data: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": "1",
        "source": "urn:x",
        "type": "gavel.bids.create",
        "subject": "https://x.example/1",
        "data": {} if data is None else {"data": data},
    }


@pytest.fixture
def priced(api: Client) -> None:
    assert call(api, "PUT", "/topics/bids", {"schema": PRICED}).status_code == 204


def publish(api: Client, body: Any, **headers: str) -> Any:
    return api.post("/topics/bids", json=body, auth=(TOKENS["publisher"], "x"), headers=headers)


@pytest.mark.parametrize("data", [{"price": "7"}, {}, {"price": 7, "more": 1}, None])
def test_data_that_is_not_as_the_schema_says_is_422(
    api: Client, priced: None, storage: Storage, data: Any
) -> None:
    problem = assert_problem(publish(api, event(data)), 422)
    assert problem["reason"] == "schema"
    assert problem["pointer"].startswith("/data")
    assert "index" not in problem
    assert storage.log.last_position() == 0
    assert publish(api, event({"price": 7})).status_code == 200


def test_one_of_many_refuses_all_and_is_named(api: Client, priced: None, storage: Storage) -> None:
    some = [event({"price": n}, n) for n in range(5)]
    some[3]["data"] = {"price": "3"}
    problem = assert_problem(publish(api, some), 422)
    assert (problem["index"], problem["pointer"]) == (3, "/data/price")
    assert "event 3" in problem["detail"]
    assert storage.log.last_position() == 0
    problem = assert_problem(publish(api, [event()]), 422)
    assert (problem["index"], problem["pointer"]) == (0, "/data")


def test_cloudevents_in_every_mode_are_judged_too(
    api: Client, priced: None, storage: Storage
) -> None:
    def modes(data: Any) -> list[Any]:
        whole = cloud_event(data)
        binary = {f"ce-{name}": value for name, value in whole.items() if name != "data"}
        return [
            publish(api, [whole], **{"Content-Type": "application/cloudevents-batch+json"}),
            publish(api, whole, **{"Content-Type": "application/cloudevents+json"}),
            publish(api, whole["data"], **binary),
        ]

    for answer in modes({"price": "x"}) + modes(None):
        assert assert_problem(answer, 422)["pointer"].startswith("/data")
    assert storage.log.last_position() == 0
    assert [answer.status_code for answer in modes({"price": 1})] == [200] * 3


def test_events_without_data_may_be_let_in(api: Client) -> None:
    call(api, "PUT", "/topics/bids", {"schema": PRICED | {"type": ["object", "null"]}})
    assert publish(api, [event(), event({"price": 1})]).status_code == 200
    assert_problem(publish(api, [event(), event({})]), 422)
    call(api, "PUT", "/topics/bids", {"schema": {"type": "null"}})
    assert publish(api, [event(), event()]).status_code == 200
    assert_problem(publish(api, event({})), 422)


def test_a_schema_holds_at_once_also_where_another_process_set_it(
    api: Client, config: Config, storage: Storage, clock: FakeClock
) -> None:
    other = app.create_app(config, logs=Logs(storage), clock=clock).test_client()
    assert publish(api, event({"what": 1})).status_code == 200
    for schema, good, bad in [
        (PRICED, {"price": 1}, {"what": 1}),
        ({"required": ["what"]}, {"what": 1}, {"price": 1}),
        (PRICED, {"price": 1}, {"what": 1}),
    ]:
        assert call(other, "PUT", "/topics/bids", {"schema": schema}).status_code == 204
        assert_problem(publish(api, event(bad)), 422)
        assert publish(api, event(good)).status_code == 200
    call(other, "PUT", "/topics/bids", {"schema": None})
    assert publish(api, event({"what": 1})).status_code == 200
    call(other, "PUT", "/topics/bids", {"schema": PRICED})
    call(other, "DELETE", "/topics/bids")
    assert publish(api, event({"what": 1})).status_code == 200


def test_what_was_published_before_stays_as_it_is(api: Client) -> None:
    publish(api, event({"what": 1}))
    call(api, "PUT", "/topics/bids", {"schema": PRICED})
    page = call(api, "GET", "/events?after=beginning", by="subscriber").get_json()
    assert [one["data"] for one in page["events"]] == [{"what": 1}]


def test_a_repetition_is_one_whatever_the_schema_says_now(api: Client) -> None:
    key = {"Idempotency-Key": "once"}
    assert publish(api, event({"what": 1}), **key).status_code == 200
    call(api, "PUT", "/topics/bids", {"schema": PRICED})
    assert publish(api, event({"what": 1}), **key).status_code == 200
    assert_problem(publish(api, event({"what": 1}), **{"Idempotency-Key": "twice"}), 422)


def test_whose_topic_it_is_is_said_before_what_it_wants(api: Client, priced: None) -> None:
    assert_problem(call(api, "POST", "/topics/bids", event({}), by="stranger"), 403)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "objects"},
        {"$ref": "https://x.example/"},
        {"$ref": "#"},
        {"$ref": "#/properties"},
        {"properties": {"a": {"pattern": "(?=a)"}}},
        {"$schema": "http://json-schema.org/draft-03/schema#"},
    ],
)
def test_a_schema_that_events_can_not_be_judged_by_is_422(
    api: Client, schema: dict[str, Any]
) -> None:
    problem = assert_problem(call(api, "PUT", "/topics/bids", {"schema": schema}), 422)
    assert problem["detail"]
    assert call(api, "GET", "/topics").get_json() == []


def test_a_schema_nested_without_end_is_no_500(api: Client) -> None:
    deep = b'{"schema":' + b'{"not":' * 2_000 + b"{}" + b"}" * 2_000 + b"}"
    assert call(api, "PUT", "/topics/bids", deep).status_code in {400, 422}
    wide = json.dumps({"schema": {"enum": ["x" * 10] * 100_000}}).encode()
    assert call(api, "PUT", "/topics/bids", wide).status_code in {413, 422}
