"""The receiver that the demo's subscriptions call."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

EVENTS = [
    {"topic": "auctions", "type": "create", "url": f"http://localhost/auctions/{name}", "id": name}
    for name in ("lamp", "vase")
]


def test_it_takes_whatever_events_come(client: FlaskClient) -> None:
    assert client.post("/receiver", json=EVENTS).status_code == 204


def test_it_refuses_what_it_is_told_to_until_that_is_redriven(client: FlaskClient) -> None:
    path = "/receiver/refuses/lamp"
    refused = client.post(path, json=EVENTS, headers={"bus-replay": "0"})
    assert (refused.status_code, refused.json) == (200, {"failed": ["lamp"]})
    assert client.post(path, json=EVENTS[1:]).status_code == 204
    assert client.post(path, json=EVENTS[:1], headers={"bus-replay": "1"}).status_code == 204


@pytest.mark.parametrize("path", ["/receive", "/", "/nowhere/at/all"])
def test_who_calls_another_address_is_told_the_right_one(client: FlaskClient, path: str) -> None:
    answer = client.post(path, json=EVENTS)
    assert answer.status_code in {404, 405}
    assert "the demo's receiver is http://localhost/receiver (with any user name)" in answer.text


def test_a_page_that_is_not_there_is_no_matter_of_events(client: FlaskClient) -> None:
    answer = client.get("/receive")
    assert answer.status_code == 404
    assert "receiver" not in answer.text


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[1]", b"[{}]", b'[{"url":1}]', b"\xff", b"[" * 5_000]
)
def test_what_is_no_array_of_events_is_refused(client: FlaskClient, body: bytes) -> None:
    assert client.post("/receiver", data=body).status_code == 400
