"""One delivery in, one answer out."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from bus_drain import Drain
from werkzeug.test import Client

from .conftest import UUID, Deliverer, Heard, event, failing, signature_headers


def test_a_signed_batch_reaches_its_listener_in_order(deliver: Deliverer, heard: Heard) -> None:
    answer = deliver([event(1), event(2), event(3)])

    assert (answer.status_code, answer.data) == (204, b"")
    assert [[e.id for e in batch] for batch in heard.batches] == [["1", "2", "3"]]


def test_an_event_keeps_all_it_says(deliver: Deliverer, heard: Heard) -> None:
    deliver([event(7, data={"a": 1})])

    (received,) = heard.batches[0]
    assert (received.topic, received.type, received.t) == ("bids", "create", 1_700_000_000_000)
    assert (received.id, received.position, received.data) == ("7", 7, {"a": 1})


@pytest.mark.parametrize(
    ("said", "replay"),
    [("0", 0), ("7", 7), ("9" * 18, 10**18 - 1), ("", 0), ("-1", 0), ("x", 0), ("9" * 19, 0)],
)
def test_an_event_says_in_which_replay_it_came(
    deliver: Deliverer, heard: Heard, said: str, replay: int
) -> None:
    body = json.dumps([event(1)]).encode()
    headers = signature_headers(body) | {"bus-replay": said}

    assert deliver(body=body, headers=headers).status_code == 204
    assert heard.batches[0][0].replay == replay


def test_a_failing_listener_is_a_500_without_its_words(
    deliver: Deliverer, heard: Heard, caplog: pytest.LogCaptureFixture
) -> None:
    heard.error = RuntimeError("database password is hunter2")

    with caplog.at_level(logging.ERROR):
        answer = deliver([event(1)])

    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert "listener failed listener=bids events=['1']" in caplog.text


def test_when_some_fail_their_ids_are_told(make_drain: Callable[..., Drain]) -> None:
    deliver = Deliverer(make_drain(listeners={"bids": failing("2"), "orders": failing()}))
    answer = deliver([event(1), event(2), event(2), event(3), event(4, topic="orders")])

    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.json == {"failed": ["2"]}


def test_when_all_fail_the_whole_batch_comes_again(make_drain: Callable[..., Drain]) -> None:
    deliver = Deliverer(make_drain(listeners={"bids": failing("1", "2")}))

    assert deliver([event(1), event(2)]).status_code == 500


def test_a_routemaster_that_knows_no_ids_gets_a_500(make_drain: Callable[..., Drain]) -> None:
    deliver = Deliverer(make_drain(listeners={"bids": Heard(error=OSError("disk full"))}))

    assert deliver([event(1, id=None), event(2, id=None, topic="other")]).status_code == 500


def test_a_failed_event_without_an_id_has_the_whole_batch_come_again(
    make_drain: Callable[..., Drain],
) -> None:
    deliver = Deliverer(make_drain(listeners={"bids": Heard(error=OSError("disk full"))}))
    batch = [event(1), event(2, id=None), event(3, topic="other")]

    assert deliver(batch).status_code == 500


def test_more_failures_than_the_bus_reads_are_a_500(make_drain: Callable[..., Drain]) -> None:
    long = [f"{number:0>100}" for number in range(200)]
    deliver = Deliverer(make_drain(listeners={"bids": failing(*long)}))
    batch = [event(number, id=id_) for number, id_ in enumerate(long)] + [event(999)]

    assert deliver(batch).status_code == 500
    answer = deliver(batch[-101:])
    assert (answer.status_code, len(answer.data) <= 16 * 1024) == (200, True)


def test_an_empty_batch_is_settled(deliver: Deliverer, heard: Heard) -> None:
    assert deliver([]).status_code == 204
    assert heard.batches == []


def test_a_stranger_is_refused_before_the_body_is_read(make_drain: Callable[..., Drain]) -> None:
    class Unread:
        def read(self, size: int = -1) -> bytes:
            raise AssertionError("the body was read")

    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "CONTENT_LENGTH": "10",
        "wsgi.input": Unread(),
    }
    seen: list[str] = []
    make_drain()(environ, lambda status, headers: seen.append(status))

    assert seen == ["401 Unauthorized"]


def test_a_body_over_the_limit_is_413(make_drain: Callable[..., Drain], heard: Heard) -> None:
    deliver = Deliverer(make_drain(max_bytes=1000))

    assert deliver([event(1, data="x" * 1000)]).status_code == 413
    assert heard.batches == []


def test_a_body_is_a_mebibyte_at_most_by_default(deliver: Deliverer) -> None:
    largest = b"[" + b" " * (1024 * 1024 - 2) + b"]"

    assert deliver(body=largest).status_code == 204
    assert deliver(body=largest + b" ").status_code == 413


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_only_post_delivers(make_drain: Callable[..., Drain], method: str) -> None:
    answer = Client(make_drain()).open("/", method=method)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_who_asks_whether_to_deliver_is_told_to_come(make_drain: Callable[..., Drain]) -> None:
    asked = {"WebHook-Request-Origin": "emitter.example"}
    answer = Client(make_drain()).options("/", headers=asked)

    assert (answer.status_code, answer.headers["Allow"]) == (204, "POST")
    assert answer.headers["WebHook-Allowed-Origin"] == "*"
    assert answer.headers["WebHook-Allowed-Rate"] == "*"


@pytest.mark.parametrize(
    "body", [b"{}", b"null", b"", b"[null]", b"[1]", b"\xff\xfe", b"[]]", b"[" * 50_000, b'"[]"']
)
def test_what_is_no_array_of_events_is_a_400_and_reaches_nobody(
    deliver: Deliverer, heard: Heard, body: bytes
) -> None:
    headers = signature_headers(body)

    # Bytes that are no text can't be signed at all, so there the signature speaks first.
    assert deliver(body=body, headers=headers).status_code == (401 if body[:1] == b"\xff" else 400)
    assert heard.batches == []


def test_a_refusal_says_why_as_a_problem_document(deliver: Deliverer) -> None:
    answer = deliver({"topic": "bids"})

    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["status"] == 400
    assert "Expected `array`, got `object`" in answer.json["detail"]


def test_a_refusal_is_logged_with_its_status_and_reason(
    deliver: Deliverer, caplog: pytest.LogCaptureFixture
) -> None:
    deliver({"topic": "bids"})

    assert "delivery refused status=400 why=The body is not an array of events: " in caplog.text


def test_no_refusal_and_no_log_line_repeats_a_credential(
    deliver: Deliverer, caplog: pytest.LogCaptureFixture
) -> None:
    headers = signature_headers(b"[]", uuid="somebody-else")

    with caplog.at_level(logging.DEBUG):
        answer = deliver(body=b"[]", headers=headers)

    said = answer.text + str(answer.headers) + caplog.text
    assert answer.status_code == 401
    assert "somebody-else" not in said
    assert UUID not in said
