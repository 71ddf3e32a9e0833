"""The mailer's web process: what it takes, and what it refuses without a trace."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from mailer_service.app import create_app
from mailer_service.config import Config

from .conftest import Mailer, signed_delivery
from .services import House


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("{}", 400),
        ("null", 400),
        ("[null]", 400),
        ("[[]]", 400),
        ('{"topic": "bids"}', 400),
        ('[{"topic": "bids", "type": "create", "url": 1, "t": 0}]', 400),
        ('[{"topic": "bids", "type": "create", "url": "https://x.example/\\u0000", "t": 0}]', 400),
        ('[{"topic": "bids", "type": "create", "url": "https://x.example/1", "t": NaN}]', 400),
        (" " * 2 * 1024 * 1024, 413),
    ],
)
def test_a_bad_body_is_refused_and_leaves_nothing(mailer: Mailer, body: str, status: int) -> None:
    answer = Client(mailer.app).post(
        "/events", data=body, content_type="application/json", headers=signed_delivery(body)
    )

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert mailer.inbox == []


def test_a_stranger_is_refused_and_leaves_nothing(mailer: Mailer, house: House) -> None:
    body = json.dumps([{"topic": "bids", "type": "create", "url": house.bid(), "t": 0}])
    headers = signed_delivery(body + " ")

    answer = Client(mailer.app).post(
        "/events", data=body, content_type="application/json", headers=headers
    )

    assert answer.status_code == 401
    assert mailer.inbox == []


def test_half_a_batch_is_no_batch(mailer: Mailer, house: House) -> None:
    good: dict[str, Any] = {"topic": "bids", "type": "create", "url": house.bid(), "t": 0}
    body = json.dumps([good, good | {"url": None}])

    answer = Client(mailer.app).post(
        "/events", data=body, content_type="application/json", headers=signed_delivery(body)
    )

    assert answer.status_code == 400
    assert mailer.inbox == []


def test_events_that_are_no_news_are_taken_and_forgotten(mailer: Mailer) -> None:
    assert mailer.deliver("auctions", "https://x.example/1").status_code == 204
    assert mailer.deliver("bids", "https://x.example/1", type="noop").status_code == 204
    assert mailer.inbox == []


def test_nothing_else_is_public(mailer: Mailer) -> None:
    client = Client(mailer.app)

    assert client.get("/").status_code == 404
    assert client.get("/").content_type == "application/problem+json"
    assert (client.get("/events").status_code, client.get("/events").headers["Allow"]) == (
        405,
        "POST",
    )


def test_it_is_ready_once_its_tables_are_there(config: Config, mailer: Mailer) -> None:
    assert Client(mailer.app).get("/readyz").status_code == 200


def test_without_tables_it_lives_but_is_not_ready(config: Config, tmp_path: Path) -> None:
    empty = replace(config, database_url=f"sqlite:///{tmp_path}/empty.sqlite")
    client = Client(create_app(empty))

    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"database": "not ready (NotMigrated)"})


def test_the_trace_of_a_delivery_goes_on_to_the_services_it_asks(
    mailer: Mailer, house: House
) -> None:
    url = house.bid()
    body = json.dumps([{"topic": "bids", "type": "create", "url": url, "t": 0}])
    trace = "00-" + "c" * 32 + "-" + "d" * 16 + "-01"
    Client(mailer.app).post(
        "/events",
        data=body,
        content_type="application/json",
        headers=signed_delivery(body) | {"traceparent": trace},
    )

    mailer.work()

    requests = [request for request, _ in house.bids.server.log]
    assert {request.headers["traceparent"].split("-")[1] for request in requests} == {"c" * 32}
    assert {row.traceparent.split("-")[1] for row in mailer.ledger} == {"c" * 32}
