"""Topics in logs of their own, as publishers see them (docs/delivery.md D38)."""

import asyncio
from typing import Any

import pytest
from a2wsgi import ASGIMiddleware
from werkzeug.test import Client

from bus import app, asgi
from bus.config import Config
from bus.storage import Logs
from tests.bus.api.calling import assert_problem, call
from tests.bus.api.entrances import loop
from tests.bus.clock import FakeClock
from tests.bus.conftest import TOKENS

__all__ = ["loop"]

AUTH = (TOKENS["publisher"], "x")
EVENT = {"type": "create", "url": "https://x.example/1"}
SUBSCRIPTION = {"topics": ["bids", "views"], "callback": "http://127.0.0.1:1/", "uuid": "u-1"}


@pytest.fixture(params=["wsgi", "asgi"])
def api(
    request: pytest.FixtureRequest,
    config: Config,
    logs: Logs,
    clock: FakeClock,
    loop: asyncio.AbstractEventLoop,
) -> Client:
    """A bus with two logs, over HTTP."""
    if request.param == "wsgi":
        return app.create_app(config, logs=logs, clock=clock).test_client()
    entrance: Any = asgi.create_app(config, logs=logs, clock=clock)
    as_wsgi: Any = ASGIMiddleware(entrance, loop=loop)
    return Client(as_wsgi)


def put(api: Client, topic: str, log: object, by: str = "publisher") -> Any:
    return call(api, "PUT", f"/topics/{topic}", {"log": log}, by=by)


def publish(api: Client, topic: str, by: str = "publisher") -> int:
    return call(api, "POST", f"/topics/{topic}", EVENT, by=by).status_code


def counts(logs: Logs) -> list[int]:
    return [store.log.last_position() for _, store in logs]


def test_events_go_to_the_log_that_their_topic_was_put_in(api: Client, logs: Logs) -> None:
    assert put(api, "views", "two").status_code == 204
    assert [publish(api, topic) for topic in ("views", "bids", "views", "views")] == [200] * 4
    assert counts(logs) == [1, 3]
    listed = call(api, "GET", "/topics").get_json()
    assert {one["name"]: one["events"] for one in listed} == {"bids": 1, "views": 3}
    assert call(api, "GET", "/topics/views").get_json()["events"] == 3


def test_a_topic_stays_in_its_log_and_belongs_to_its_publisher_there(
    api: Client, logs: Logs
) -> None:
    assert put(api, "views", "two").status_code == publish(api, "bids") + 4 == 204
    assert put(api, "views", "two").status_code == 204
    for topic, log in (("views", "main"), ("bids", "two"), ("views", "three"), ("views", 7)):
        assert_problem(put(api, topic, log), 400)
    assert_problem(put(api, "views", "two", by="stranger"), 403)
    assert publish(api, "views", by="stranger") == 403
    assert call(api, "DELETE", "/topics/views").status_code == 204
    assert publish(api, "views", by="stranger") == 200
    assert publish(api, "views") == 403
    assert counts(logs) == [1, 1]


def test_a_schema_and_an_idempotency_key_hold_in_every_log(api: Client, logs: Logs) -> None:
    schema = {"type": "object", "required": ["n"]}
    about = {"log": "two", "schema": schema}
    assert call(api, "PUT", "/topics/views", about).status_code == 204
    assert publish(api, "views") == 422
    assert call(api, "PUT", "/topics/views", {"schema": None}).status_code == 204
    assert publish(api, "views") == 200
    key = {"Idempotency-Key": "once"}
    for _ in range(2):
        answer = api.post("/topics/views", json=EVENT, headers=key, auth=AUTH)
        assert answer.status_code == 200
    assert counts(logs) == [0, 2]


def test_what_waits_in_all_logs_adds_up(api: Client) -> None:
    put(api, "views", "two")
    assert call(api, "POST", "/subscription", SUBSCRIPTION, by="subscriber").status_code == 204
    assert [publish(api, topic) for topic in ("views", "bids", "views")] == [200] * 3
    (listed,) = call(api, "GET", "/subscriptions", by="subscriber").get_json()
    assert listed["events"]["queued"] == 3
    path = "/clients/subscriber/subscriptions/default"
    assert call(api, "GET", path, by="subscriber").get_json()["lag"]["events"] == 3
    scraped = call(api, "GET", "/metrics", by="subscriber").text
    assert 'bus_lag_events{log="two",subscriber="subscriber",subscription="default"} 2.0' in scraped
