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
HERE = "/clients/subscriber/subscriptions/all"
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


def subscribed(api: Client, **fields: object) -> dict[str, Any]:
    """A subscription to topics of both logs, which have three events that wait."""
    put(api, "views", "two")
    publish(api, "bids")
    asked = {"topics": ["bids", "views"], "from": "beginning", **fields}
    answer = call(api, "PUT", HERE, asked, by="subscriber")
    assert answer.status_code == 201, answer.text
    assert [publish(api, topic) for topic in ("views", "views")] == [200] * 2
    document: dict[str, Any] = call(api, "GET", HERE, by="subscriber").get_json()
    return document


def test_a_subscription_shows_how_it_stands_in_each_log(api: Client) -> None:
    whole = subscribed(api, callback="http://127.0.0.1:1/", uuid="u-1")
    assert whole["lag"]["events"] == 3
    home, two = whole["_embedded"]["logs"]
    assert [(one["log"], one["lag"]["events"]) for one in (home, two)] == [("main", 1), ("two", 2)]
    assert two["_links"]["self"]["href"] == f"{HERE}@two"
    assert two["_links"]["whole"]["href"] == HERE
    assert not {"edit", "pause", "test", "secret"} & set(two["_links"])
    shown = call(api, "GET", f"{HERE}@two", by="subscriber").get_json()
    assert (shown["log"], shown["lag"]["events"], shown["name"]) == ("two", 2, "all")
    for relation in ("attempts", "parked", "dead-letters", "seek", "diagnosis"):
        link = two["_links"][relation]["href"] + ("?to=beginning" if relation == "seek" else "")
        assert call(api, "GET", link, by="subscriber").status_code == 200
    diagnosis = call(api, "GET", f"{HERE}/diagnosis", by="subscriber").get_json()
    assert diagnosis["summary"].startswith("In log main: No pusher is running")
    listed = call(api, "GET", "/overview", by="subscriber").get_json()
    assert (listed["logs"], listed["pushers"]) == ({"main": 0, "two": 0}, 0)
    assert listed["_embedded"]["worst"][0]["lag"]["events"] == 3


def test_a_subscription_is_sought_in_every_log_or_in_one(api: Client) -> None:
    subscribed(api, callback="http://127.0.0.1:1/", uuid="u-1")

    def lags(path: str, to: object) -> list[int]:
        answer = call(api, "POST", f"{path}/seek", {"to": to}, by="subscriber")
        assert answer.status_code == 200, answer.text
        whole = call(api, "GET", HERE, by="subscriber").get_json()
        return [one["lag"]["events"] for one in whole["_embedded"]["logs"]]

    assert lags(HERE, "now") == [0, 0]
    assert lags(f"{HERE}@two", {"position": 1}) == [0, 1]
    assert lags(f"{HERE}@main", "beginning") == [1, 1]
    assert lags(HERE, {"events": 1}) == [0, 1]
    assert lags(HERE, "beginning") == [1, 2]
    audited = [
        [one["on"] for one in acts["_embedded"]["acts"] if one["act"] == "subscription.seek"]
        for log in ("main", "two")
        for acts in (call(api, "GET", f"/audit?log={log}", by="subscriber").get_json(),)
    ]
    assert audited == [[HERE, HERE, f"{HERE}@main", HERE], [f"{HERE}@two"]]
    assert_problem(call(api, "GET", "/audit?log=three", by="subscriber"), 404)


def test_what_is_pulled_comes_from_every_log_and_is_acknowledged_in_its_own(api: Client) -> None:
    subscribed(api)
    seen = {}
    for how in ("by its link", "by the subscription's"):
        batch = call(api, "GET", f"{HERE}/events", by="subscriber").get_json()
        seen[batch["log"]] = len(batch["events"])
        assert batch["_links"]["subscription"]["href"] == f"{HERE}@{batch['log']}"
        ack = batch["_links"]["ack"]["href"] if how == "by its link" else f"{HERE}/ack"
        assert call(api, "POST", ack, {"lease": batch["lease"]}, by="subscriber").status_code == 200
    assert seen == {"main": 1, "two": 2}
    nothing = call(api, "GET", f"{HERE}/events?wait=0", by="subscriber").get_json()
    assert (nothing["events"], nothing["lease"]) == ([], None)
    assert_problem(call(api, "POST", f"{HERE}/ack", {"position": 1}, by="subscriber"), 400)
    assert_problem(call(api, "POST", f"{HERE}/ack", {"lease": "0" * 32}, by="subscriber"), 409)
    assert publish(api, "views") == 200
    only = call(api, "GET", f"{HERE}@two/events?wait=1", by="subscriber").get_json()
    upto = {"position": only["position"]}
    assert call(api, "POST", f"{HERE}@two/ack", upto, by="subscriber").status_code == 200


def test_readers_read_the_log_of_their_topics(api: Client) -> None:
    subscribed(api)

    def read(query: str) -> Any:
        return call(api, "GET", f"/events?after=beginning&{query}", by="subscriber")

    page = read("topics=views").get_json()
    assert len(page["events"]) == 2
    assert "log=two" in page["_links"]["next"]["href"]
    assert call(api, "GET", page["_links"]["next"]["href"], by="subscriber").status_code == 200
    assert len(read("").get_json()["events"]) == 1
    assert len(read("log=two").get_json()["events"]) == 2
    assert_problem(read("topics=bids,views"), 400)
    assert_problem(read("log=three"), 400)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "@three", 404),
        ("GET", "@", 404),
        ("GET", "@two@two", 404),
        ("GET", "@three/events", 404),
        ("GET", "@three/attempts", 404),
        ("POST", "@two/pause", 400),
        ("PUT", "@two", 400),
        ("DELETE", "@two", 400),
    ],
)
def test_a_log_that_there_is_not_and_what_is_only_of_the_whole_are_refused(
    api: Client, method: str, path: str, status: int
) -> None:
    subscribed(api)
    body = {"topics": ["bids"]} if method == "PUT" else None
    assert_problem(call(api, method, f"{HERE}{path}", body, by="subscriber"), status)
