"""CloudEvents in their three modes, through both entrances."""

import json
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from bus.storage import Storage
from tests.bus.api.calling import assert_problem, call
from tests.bus.api.entrances import api, loop
from tests.bus.conftest import TOKENS

__all__ = ["api", "loop"]

URL = "https://x.example/a%20b"
EVENT = {
    "specversion": "1.0",
    "id": "1",
    "source": "urn:x",
    "type": "gavel.bids.create",
    "subject": URL,
}
BATCH, STRUCTURED = "application/cloudevents-batch+json", "application/cloudevents+json"


def stored(storage: Storage) -> list[dict[str, Any]]:
    return [json.loads(event.body) for event in storage.log.read_after(0, None, 10)]


def publish(
    api: Client, body: bytes, content_type: str | None, headers: dict[str, str] | None = None
) -> TestResponse:
    auth = (TOKENS["publisher"], "")
    return api.post(
        "/topics/bids", data=body, content_type=content_type, headers=headers, auth=auth
    )


def in_headers(event: dict[str, str]) -> dict[str, str]:
    return {f"ce-{name}": value.replace("%", "%25") for name, value in event.items()}


@pytest.mark.parametrize("parameters", ["", "; charset=utf-8"])
@pytest.mark.parametrize(("media_type", "body"), [(BATCH, [EVENT]), (STRUCTURED, EVENT)])
def test_a_body_of_cloudevents_is_published_like_another(
    api: Client, storage: Storage, media_type: str, body: Any, parameters: str
) -> None:
    response = publish(api, json.dumps(body).encode(), media_type.title() + parameters)
    assert (response.status_code, response.data) == (200, b"")
    (event,) = stored(storage)
    assert (event["type"], event["url"]) == ("create", URL)


@pytest.mark.parametrize("content_type", [None, "application/json", "application/json; a=b"])
def test_so_is_one_in_headers(api: Client, storage: Storage, content_type: str | None) -> None:
    response = publish(api, b'{"t": 5, "data": {"a": 1}}', content_type, in_headers(EVENT))
    assert (response.status_code, response.data) == (200, b"")
    (event,) = stored(storage)
    assert (event["type"], event["url"], event["t"], event["data"]) == ("create", URL, 5, {"a": 1})


def test_and_one_in_headers_without_a_body(api: Client, storage: Storage) -> None:
    assert publish(api, b"", None, in_headers(EVENT)).status_code == 200
    assert len(stored(storage)) == 1


def test_the_media_type_decides_where_both_are_there(api: Client, storage: Storage) -> None:
    other = in_headers(EVENT | {"subject": "https://x.example/other"})
    assert publish(api, json.dumps(EVENT).encode(), STRUCTURED, other).status_code == 200
    assert [event["url"] for event in stored(storage)] == [URL]


def test_a_key_is_for_the_events_whatever_the_mode(api: Client, storage: Storage) -> None:
    plain = json.dumps({"type": "create", "url": URL}).encode()
    key = {"Idempotency-Key": "k"}
    assert publish(api, plain, "application/json", key).status_code == 200
    assert publish(api, json.dumps(EVENT).encode(), STRUCTURED, key).status_code == 200
    assert publish(api, b"", None, key | in_headers(EVENT)).status_code == 200
    assert len(stored(storage)) == 1


def test_a_bad_one_of_a_batch_is_named(api: Client, storage: Storage) -> None:
    bad = EVENT | {"type": "gavel.orders.create"}
    response = publish(api, json.dumps([EVENT, bad]).encode(), BATCH)
    assert assert_problem(response, 400)["index"] == 1
    assert stored(storage) == []


@pytest.mark.parametrize("name", sorted(EVENT))
@pytest.mark.parametrize("value", ["", "%zz"])
def test_a_bad_attribute_is_400_and_leaves_nothing_behind(
    api: Client, storage: Storage, name: str, value: str
) -> None:
    as_header = in_headers(EVENT) | {f"ce-{name}": value}
    assert name in assert_problem(publish(api, b"", None, as_header), 400)["detail"]
    if name not in {"id", "source"} or not value:
        whole = json.dumps(EVENT | {name: value}).encode()
        assert name in assert_problem(publish(api, whole, STRUCTURED), 400)["detail"]
    assert stored(storage) == []


@pytest.mark.parametrize("name", sorted(set(EVENT) - {"specversion"}))
def test_a_missing_header_is_400_not_an_event_of_the_buss_own(
    api: Client, storage: Storage, name: str
) -> None:
    plain = json.dumps({"type": "create", "url": URL}).encode()
    headers = in_headers(EVENT)
    del headers[f"ce-{name}"]
    problem = assert_problem(publish(api, plain, "application/json", headers), 400)
    assert name in problem["detail"]
    assert stored(storage) == []


@pytest.mark.parametrize("media_type", ["application/cloudevents+xml", "application/cloudevents"])
def test_a_format_that_is_not_taken_is_415(api: Client, media_type: str) -> None:
    assert STRUCTURED in assert_problem(publish(api, b"{}", media_type), 415)["detail"]


def test_a_binary_body_that_is_no_json_is_415(api: Client) -> None:
    response = publish(api, b"<a/>", "text/xml", in_headers(EVENT))
    assert "JSON" in assert_problem(response, 415)["detail"]


def test_a_subscription_to_single_ones_has_room_for_one(api: Client) -> None:
    wanted = {"topics": ["bids"], "callback": "https://s.example/", "uuid": "u"}
    path = "/clients/subscriber/subscriptions/stock"
    body = wanted | {"format": "cloudevents-structured"}
    made = call(api, "PUT", path, body, by="subscriber")
    assert (made.status_code, made.get_json()["max"]) == (201, 1)
    assert made.get_json()["format"] == "cloudevents-structured"
    assert call(api, "PUT", path, body | {"max": 1}, by="subscriber").status_code == 200
    problem = assert_problem(call(api, "PUT", path, body | {"max": 2}, by="subscriber"), 400)
    assert "max" in problem["detail"]


def test_who_asks_whether_to_publish_is_told_to_come(api: Client) -> None:
    asked = {"WebHook-Request-Origin": "emitter.example", "WebHook-Request-Rate": "120"}
    answer = api.options("/topics/bids", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["WebHook-Allowed-Origin"] == "*"
    assert answer.headers["WebHook-Allowed-Rate"] == "*"
    assert "POST" in answer.headers["Allow"]


def test_who_does_not_ask_is_told_the_methods_only(api: Client) -> None:
    answer = api.options("/topics/bids")
    assert not [name for name, _ in answer.headers if name.startswith("WebHook")]
    assert {"POST", "PUT", "DELETE"} <= set(answer.headers["Allow"].split(", "))
    assert_problem(api.options("/topics/Bids"), 400)
