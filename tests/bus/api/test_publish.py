import base64
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from bus.storage import Storage
from tests.bus.api.calling import assert_problem, call
from tests.bus.api.entrances import api, loop
from tests.bus.clock import FakeClock
from tests.bus.conftest import TOKENS

# Publishing has a way of its own through each entrance; all else goes the way of the Flask app.
__all__ = ["api", "loop"]

EVENT = {"type": "create", "url": "https://x.example/1"}


def stored(storage: Storage) -> list[dict[str, Any]]:
    return [json.loads(event.body) for event in storage.log.read_after(0, None, 2_000)]


def test_an_event_is_stored_and_answered_200_without_a_body(
    api: Client, storage: Storage, clock: FakeClock
) -> None:
    response = call(api, "POST", "/topics/bids", EVENT)
    assert (response.status_code, response.data) == (200, b"")
    (event,) = stored(storage)
    assert event | {"id": None} == {
        "topic": "bids",
        "type": "create",
        "url": "https://x.example/1",
        "t": clock(),
        "id": None,
        "position": 1,
    }


def test_an_array_is_stored_in_order(api: Client, storage: Storage) -> None:
    urls = [f"https://x.example/{number}" for number in range(1_000)]
    assert (
        call(api, "POST", "/topics/bids", [EVENT | {"url": url} for url in urls]).status_code == 200
    )
    assert [event["url"] for event in stored(storage)] == urls


def test_timestamp_and_data_reach_the_log(api: Client, storage: Storage) -> None:
    call(api, "POST", "/topics/bids", EVENT | {"timestamp": 5, "data": {"a": 1}})
    (event,) = stored(storage)
    assert (event["t"], event["data"]) == (5, {"a": 1})


def test_the_content_type_does_not_matter(api: Client, storage: Storage) -> None:
    response = api.post(
        "/topics/bids",
        data=json.dumps(EVENT),
        content_type="application/x-www-form-urlencoded",
        auth=(TOKENS["publisher"], ""),
    )
    assert response.status_code == 200
    assert len(stored(storage)) == 1


def test_a_bearer_token_does_too(api: Client) -> None:
    headers = {"Authorization": f"Bearer {TOKENS['publisher']}"}
    assert api.post("/topics/bids", json=EVENT, headers=headers).status_code == 200


@pytest.mark.parametrize("by", [None, "unknown-token-of-nobody", "root", "", "ü"])
def test_without_a_clients_token_it_is_401(api: Client, storage: Storage, by: str | None) -> None:
    response = call(api, "POST", "/topics/bids", EVENT, by=by)
    assert_problem(response, 401)
    assert "Basic" in response.headers["WWW-Authenticate"]
    assert stored(storage) == []


@pytest.mark.parametrize(
    "authorization",
    ["Basic", "Basic !!!", "Bearer", "Digest x", "Basic " + base64.b64encode(b"\xff:x").decode()],
)
def test_strange_credentials_are_401(api: Client, authorization: str) -> None:
    response = api.post("/topics/bids", json=EVENT, headers={"Authorization": authorization})
    assert_problem(response, 401)


def test_another_clients_topic_is_403(api: Client, storage: Storage) -> None:
    call(api, "POST", "/topics/bids", EVENT)
    assert_problem(call(api, "POST", "/topics/bids", EVENT, by="stranger"), 403)
    assert len(stored(storage)) == 1


@pytest.mark.parametrize("topic", ["Bids", "bids2", "b-d", "%20", "bids%0A", "b%C3%BC", "a" * 65])
def test_a_bad_topic_is_400_and_leaves_nothing_behind(
    api: Client, storage: Storage, topic: str
) -> None:
    assert_problem(call(api, "POST", f"/topics/{topic}", EVENT), 400)
    assert stored(storage) == []
    assert storage.topics.all() == []
    assert call(api, "GET", "/topics").get_json() == []


BAD_BODIES = [
    b"",
    b"{",
    b"null",
    b"1",
    b'"x"',
    b"[]",
    b"[null]",
    b"[[]]",
    b"{}",
    b"\xff\xfe",
    b"NaN",
    b'{"type": "create", "url": "https://x.example/\\u0000"}',
    b'{"type": "create", "url": "https://x.example/\\ud800"}',
    b'{"type": "create", "url": "https://x.example/1", "data": {"a": "\\ud800"}}',
    b'{"type": "create", "url": "https://x.example/1", "data": {"a": NaN}}',
    b'{"type": "create", "url": "https://x.example/1", "data": {"a": 1e999}}',
    b'{"type": "create", "url": "https://x.example/1", "timestamp": 1e3}',
    b'{"type": "create", "url": "https://x.example/1", "timestamp": 99999999999999999999}',
    b'{"type": "create", "url": {"a": 1}}',
    b'{"type": ["create"], "url": "https://x.example/1"}',
    b"[" * 100_000,
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
]


@pytest.mark.parametrize("body", BAD_BODIES, ids=lambda body: repr(body[:40]))
def test_a_bad_body_is_400_and_leaves_nothing_behind(
    api: Client, storage: Storage, body: bytes
) -> None:
    assert_problem(call(api, "POST", "/topics/bids", body), 400)
    assert stored(storage) == []
    assert storage.topics.all() == []
    assert call(api, "POST", "/topics/bids", EVENT, by="stranger").status_code == 200


def test_one_bad_event_refuses_the_array_and_is_named(api: Client, storage: Storage) -> None:
    response = call(api, "POST", "/topics/bids", [EVENT, EVENT | {"type": "bad"}, EVENT])
    document = assert_problem(response, 400)
    assert document["index"] == 1
    assert "event 1" in document["detail"]
    assert stored(storage) == []


def test_more_than_a_thousand_events_are_400(api: Client, storage: Storage) -> None:
    assert_problem(call(api, "POST", "/topics/bids", [EVENT] * 1_001), 400)
    assert stored(storage) == []


def test_a_body_over_1_mib_is_413(api: Client, storage: Storage) -> None:
    padding = b" " * (1024 * 1024)
    assert_problem(call(api, "POST", "/topics/bids", json.dumps(EVENT).encode() + padding), 413)
    assert stored(storage) == []


def test_a_body_of_1_mib_is_taken(api: Client, storage: Storage) -> None:
    event = json.dumps(EVENT).encode()
    body = event + b" " * (1024 * 1024 - len(event))
    assert call(api, "POST", "/topics/bids", body).status_code == 200


def test_a_url_with_credentials_is_refused_without_repeating_them(api: Client) -> None:
    body = EVENT | {"url": "https://user:secret@x.example/1"}
    assert "secret" not in assert_problem(call(api, "POST", "/topics/bids", body), 400)["detail"]


def test_another_method_is_405_and_says_which_do(api: Client) -> None:
    response = call(api, "PATCH", "/topics/bids", EVENT)
    assert_problem(response, 405)
    assert "POST" in response.headers["Allow"]


def test_the_trace_of_the_publisher_is_kept_when_it_has_one(api: Client, storage: Storage) -> None:
    trace = "00-11111111111111111111111111111111-2222222222222222-01"
    api.post(
        "/topics/bids",
        json=EVENT,
        auth=(TOKENS["publisher"], "x"),
        headers={"traceparent": trace},
    )
    call(api, "POST", "/topics/bids", EVENT)
    traced, untraced = storage.log.read_after(0, None, 10)
    assert str(traced.traceparent).split("-")[1] == "1" * 32
    assert untraced.traceparent is None


def keyed(api: Client, body: Any, key: str, by: str = "publisher") -> TestResponse:
    headers = {"Idempotency-Key": key}
    return api.post("/topics/bids", json=body, auth=(TOKENS[by], "x"), headers=headers)


def test_a_key_publishes_once_and_is_answered_alike(api: Client, storage: Storage) -> None:
    answers = [keyed(api, EVENT, "k-1") for _ in range(3)]
    assert [(one.status_code, one.data) for one in answers] == [(200, b"")] * 3
    assert len(stored(storage)) == 1


def test_a_key_is_for_the_same_events_however_they_are_written(
    api: Client, storage: Storage
) -> None:
    keyed(api, EVENT, "k-1")
    assert keyed(api, EVENT | {"data": None, "unknown": 1}, "k-1").status_code == 200
    assert len(stored(storage)) == 1


def test_a_key_with_other_events_is_422(api: Client, storage: Storage) -> None:
    keyed(api, EVENT, "k-1")
    document = assert_problem(keyed(api, EVENT | {"type": "update"}, "k-1"), 422)
    assert document["reason"] == "idempotency_key_reused"
    assert len(stored(storage)) == 1


def test_a_key_is_honoured_for_a_day(api: Client, storage: Storage, clock: FakeClock) -> None:
    keyed(api, EVENT, "k-1")
    clock.forward(24 * 60 * 60 * 1000)
    assert keyed(api, EVENT, "k-1").status_code == 200
    assert len(stored(storage)) == 2


@pytest.mark.parametrize("key", ["", "a" * 256, "a b", "schlüssel"])
def test_a_strange_key_is_400(api: Client, storage: Storage, key: str) -> None:
    assert_problem(keyed(api, EVENT, key), 400)
    assert stored(storage) == []


def test_a_log_that_fails_is_503_and_says_when_to_come_again(
    api: Client, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(api, "POST", "/topics/bids", EVENT)

    def fail(_rows: object, _connection: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("bus.log.sqlite_append.plan_append", fail)
    response = call(api, "POST", "/topics/bids", EVENT)
    assert_problem(response, 503)
    assert response.headers["Retry-After"] == "1"
    monkeypatch.undo()
    assert call(api, "POST", "/topics/bids", EVENT).status_code == 200


def test_a_deleted_token_publishes_no_more(api: Client, storage: Storage) -> None:
    call(api, "POST", "/topics/bids", EVENT)
    assert call(api, "DELETE", f"/api_tokens/{TOKENS['publisher']}", by="root").status_code == 204
    assert_problem(call(api, "POST", "/topics/bids", EVENT), 401)
    assert len(stored(storage)) == 1


def test_many_at_once_are_all_stored(api: Client, storage: Storage) -> None:
    with ThreadPoolExecutor(16) as threads:
        bodies = [EVENT | {"url": f"https://x.example/{n}"} for n in range(200)]
        answers = list(threads.map(lambda body: call(api, "POST", "/topics/bids", body), bodies))
    assert {answer.status_code for answer in answers} == {200}
    assert {event["url"] for event in stored(storage)} == {body["url"] for body in bodies}
