"""Why a subscription gets nothing, as the API says it."""

from typing import Any

from service_kit.tokens import digest
from werkzeug.test import Client

from bus.model.delivery import EndpointHealth, LastAnswer
from bus.storage import Storage
from tests.bus.api.calling import assert_problem, call
from tests.bus.api.entrances import api, loop
from tests.bus.clock import FakeClock
from tests.bus.console.settling import settle

__all__ = ["api", "loop"]

SUBSCRIPTION = "/clients/subscriber/subscriptions/default"


def subscribe(api: Client, *topics: str, **fields: Any) -> None:
    wanted = {"topics": topics, "callback": "https://s.example/", "uuid": "the-user-name"} | fields
    assert call(api, "PUT", SUBSCRIPTION, wanted, by="subscriber").status_code in {200, 201}


def diagnosis(api: Client, by: str = "subscriber") -> Any:
    links = call(api, "GET", SUBSCRIPTION, by=by).get_json(force=True)["_links"]
    return call(api, "GET", links["diagnosis"]["href"], by=by).get_json(force=True)


def said(found: Any, about: str) -> str:
    return next(str(one["said"]) for one in found["findings"] if one["about"] == about)


def test_the_worst_is_said_first_with_the_link_that_helps(api: Client, storage: Storage) -> None:
    subscribe(api, "bids")
    health = EndpointHealth(failures=3, failing_since_ms=1, retry_at_ms=2)
    settle(storage, "subscriber", health=health, answer=LastAnswer(401, None, 3))
    storage.leases.join("a-pusher")
    found = diagnosis(api)
    assert found["level"] == found["findings"][0]["level"] == "bad"
    assert found["findings"][0]["relation"] == "secret"
    assert "refuses the credentials" in found["summary"]
    assert found["_links"]["subscription"]["href"] == SUBSCRIPTION
    assert "the-user-name" not in str(found)


def test_without_a_pusher_that_is_what_is_in_the_way(api: Client) -> None:
    subscribe(api, "bids")
    assert "No pusher is running" in diagnosis(api)["summary"]


def test_a_misspelt_topic_is_told_with_the_one_that_was_meant(api: Client) -> None:
    call(api, "PUT", "/topics/auctions", by="publisher")
    subscribe(api, "auction")
    assert said(diagnosis(api), "topics") == "Nobody publishes to auction so far."
    assert "Did you mean auctions?" in str(diagnosis(api)["findings"])
    subscribe(api, "auctions")
    assert said(diagnosis(api), "topics") == "It gets auctions."


def test_a_publisher_without_a_token_that_may_publish_is_told(
    api: Client, storage: Storage
) -> None:
    call(api, "PUT", "/topics/auctions", by="publisher")
    subscribe(api, "auctions")
    for one in storage.clients.tokens(client="publisher"):
        storage.clients.remove_token(one.id)
    assert "publisher's, which has no token left" in said(diagnosis(api), "topics")
    storage.clients.add_token("publisher", digest("good-for-another-topic"), {"publish:other"})
    assert "has no token left" in said(diagnosis(api), "topics")
    storage.clients.add_token(
        "publisher", digest("good-for-the-topic-itself"), {"publish:auctions"}
    )
    assert said(diagnosis(api), "topics") == "It gets auctions."


def test_what_is_pulled_needs_no_pusher(api: Client) -> None:
    call(api, "PUT", "/topics/bids", by="publisher")
    assert call(api, "PUT", SUBSCRIPTION, {"topics": ["bids"]}, by="subscriber").status_code == 201
    assert diagnosis(api)["level"] == "ok"
    assert diagnosis(api)["summary"].startswith("Nothing is in the way")


def test_a_batch_that_nobody_acknowledged_is_told(
    api: Client, storage: Storage, clock: FakeClock
) -> None:
    call(api, "PUT", SUBSCRIPTION, {"topics": ["bids"]}, by="subscriber")
    call(api, "POST", "/topics/bids", {"type": "noop", "url": "https://x.example/1"})
    clock.forward(60_000)
    assert "nobody pulls them" in diagnosis(api)["summary"]
    call(api, "GET", f"{SUBSCRIPTION}/events", by="subscriber")
    clock.forward(60_000)
    assert "1 event was pulled and not acknowledged" in diagnosis(api)["summary"]
    assert "has lapsed" in diagnosis(api)["summary"]


def test_it_is_for_its_owner_and_who_sees_everything(api: Client) -> None:
    subscribe(api, "bids")
    path = f"{SUBSCRIPTION}/diagnosis"
    assert call(api, "GET", path, by="root").status_code == 200
    assert_problem(call(api, "GET", path, by="stranger"), 403)
    assert_problem(call(api, "GET", path, by=None), 401)
    assert_problem(call(api, "GET", f"{path}?odd=1", by="root"), 400)
    assert_problem(call(api, "GET", path.replace("default", "none"), by="root"), 404)
