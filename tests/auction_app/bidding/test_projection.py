"""The app's own copy of the bidding: fed by the bus, healed by fetching."""

import json
from dataclasses import replace
from typing import Any

import pytest
from bids_client import BidsClient, BidsUnavailable, PlacedBid
from flask import Flask
from flask.testing import FlaskClient
from service_kit.money import Money
from service_kit.wsgi_transport import WsgiTransport
from standardwebhooks import Webhook
from werkzeug.test import TestResponse

from auction_app.bidding.bids_health import check_bids
from auction_app.bidding.gateway import Gateway
from auction_app.bidding.projection import keep_bidding
from auction_app.bidding.refresh_projection import notice_gaps, refresh_projection
from auction_app.bidding.repository import biddings, stale
from auction_app.listings.repository import auctions
from auction_app.worker import FETCHES
from tests.auction_app.conftest import PUBLIC, SECRET, World, as_program


def deliver(
    world: World, *events: tuple[str, str], signed: bool = True, type: str = "update"
) -> TestResponse:
    """What the pusher does: (topic, URL) pairs in one signed delivery."""
    batch: list[dict[str, Any]] = [
        {"topic": topic, "type": type, "url": url, "t": 1, "id": str(n), "position": n}
        for n, (topic, url) in enumerate(events)
    ]
    body = json.dumps(batch)
    client: FlaskClient = world.app.test_client()
    from datetime import UTC, datetime

    now = datetime.now(UTC)
    signature = Webhook(SECRET).sign("msg_1", now, body) if signed else "v1,bm8="
    return client.post(
        "/events",
        data=body,
        auth=("auctions", "x"),
        content_type="application/json",
        headers={
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
        },
    )


def refresh(world: World) -> None:
    refresh_projection(world.parts.store, world.parts.gateway, FETCHES)


@pytest.mark.parametrize(
    "url",
    [
        "https://x.example/biddings/1",
        "https://bids.test/biddings/1",
        "http://bids.test:81/biddings/1",
        "http://bids.test/biddings/1%00",
    ],
)
def test_a_url_that_bids_service_can_never_have_is_asked_for_once(world: World, url: str) -> None:
    service = Flask("bids_service")
    service.add_url_rule("/<path:rest>", view_func=lambda rest: ({"title": "no address"}, 400))
    client = BidsClient("http://bids.test", "token", transport=WsgiTransport(service))
    deliver(world, ("biddings", url), ("bids", url), ("offers", url))

    refresh_projection(world.parts.store, Gateway(client, world.parts.store), FETCHES)

    with world.parts.store.reading() as conn:
        assert stale.due(conn, now_ms=world.clock() + 86_400_000, limit=9) == []


def bid_elsewhere(world: World, item: str, name: str, minor: int) -> PlacedBid:
    """A bid that reaches bids_service by another way than this app."""
    url = world.parts.urls.public_url + item
    key = f"{name} {minor}"
    return world.bids.place(url, world.customer_url(name), Money(minor, "USD"), key)


def price_of(world: World, item: str) -> Any:
    return world.browser().get(item, headers=as_program()).get_json()["price"]


def test_events_change_what_pages_show(world: World) -> None:
    item = world.member("Sam").list_item()
    ada = world.member("Ada")
    first = bid_elsewhere(world, item, "Ada", 2500)
    assert price_of(world, item) is None

    answer = deliver(world, ("biddings", first.bidding_url), ("bids", first.url))
    assert answer.status_code == 204
    refresh(world)

    assert price_of(world, item) == {"amount": "10.00", "currency": "USD"}
    assert "You are the highest bidder" in ada.get(item).text
    assert "Winning" in ada.get("/my/bids").text


def test_nothing_is_lost_while_bids_is_down(world: World) -> None:
    item = world.member("Sam").list_item()
    world.member("Ada")
    first = bid_elsewhere(world, item, "Ada", 2500)
    world.bids.down = True
    assert deliver(world, ("biddings", first.bidding_url)).status_code == 204
    for _ in range(5):
        refresh(world)
        world.clock.pass_s(61)

    world.bids.down = False
    refresh(world)

    assert price_of(world, item) is not None
    with world.parts.store.reading() as conn:
        assert stale.due(conn, now_ms=world.clock.now_ms + 10**9, limit=9) == []


def test_a_change_that_comes_while_its_entity_is_fetched_is_fetched_again(world: World) -> None:
    item = world.member("Sam").list_item()
    world.member("Ada")
    first = bid_elsewhere(world, item, "Ada", 2500)
    deliver(world, ("biddings", first.bidding_url))
    with world.parts.store.reading() as conn:
        (entity,) = stale.due(conn, now_ms=world.clock.now_ms, limit=9)

    deliver(world, ("biddings", first.bidding_url))
    with world.parts.begin() as act:
        stale.settle(act.conn, entity)

    with world.parts.store.reading() as conn:
        assert len(stale.due(conn, now_ms=world.clock.now_ms, limit=9)) == 1


def test_an_older_state_never_replaces_a_newer_one(world: World) -> None:
    item = world.member("Sam").list_item()
    auction_id = item.rsplit("/", 1)[1]
    world.member("Ada")
    world.member("Bob")
    old = bid_elsewhere(world, item, "Ada", 2500).bidding
    new = bid_elsewhere(world, item, "Bob", 4000).bidding
    from auction_app.bidding.projection import keep_bidding

    for told in (new, old):
        with world.parts.begin() as act:
            keep_bidding(act, told)

    with world.parts.store.reading() as conn:
        bidding = auctions.by_id(conn, auction_id).bidding
    assert bidding is not None
    assert bidding.version == new.version


def test_the_close_reaches_the_app_and_is_announced_once(world: World) -> None:
    sam = world.member("Sam")
    item = sam.list_item()
    ada = world.member("Ada")
    ada.bid(item, "25")
    closed = world.bids.close(world.parts.urls.public_url + item)

    for _ in range(2):
        deliver(world, ("biddings", closed.url))
        refresh(world)

    url = world.parts.urls.public_url + item
    assert world.announced().count(("auctions", "update", url)) == 1
    assert "Won" in ada.get("/my/bids").text
    assert "You have won" in ada.get(item).text
    assert "Sold" in sam.get("/my/sales").text
    document = world.browser().get(item, headers=as_program()).get_json()
    assert document["status"] == "ended"
    assert document["_links"]["bidding"]["href"] == closed.url


def test_an_outcome_that_no_event_told_is_fetched(world: World) -> None:
    item = world.member("Sam").list_item(ends="2026-09-22T00:00:00")
    world.bids.close(world.parts.urls.public_url + item)
    world.clock.pass_s(24 * 3600)

    with world.parts.begin() as act:
        notice_gaps(act)
    refresh(world)

    assert "Not sold" in world.browser().get(item).text


def test_bids_that_no_event_told_are_fetched(world: World) -> None:
    item = world.member("Sam").list_item()
    world.member("Ada")
    world.member("Bob")
    bid_elsewhere(world, item, "Ada", 2500)
    last = bid_elsewhere(world, item, "Bob", 4000)
    deliver(world, ("biddings", last.bidding_url))
    refresh(world)
    world.clock.pass_s(10)

    with world.parts.begin() as act:
        notice_gaps(act)
    refresh(world)

    with world.parts.store.reading() as conn:
        known = biddings.history(conn, item.rsplit("/", 1)[1], 9)
    assert [bid.sequence for bid in known] == [2, 1]


def heal(world: World) -> None:
    """One round of the sweep."""
    with world.parts.begin() as act:
        notice_gaps(act)
    refresh(world)


def test_a_bidding_that_no_event_told_of_is_found(world: World) -> None:
    item = world.member("Sam").list_item()
    document = world.browser().get(item, headers=as_program()).get_json()
    assert "bidding" not in document["_links"]
    world.clock.pass_s(61)

    heal(world)

    document = world.browser().get(item, headers=as_program()).get_json()
    assert document["_links"]["bidding"]["href"] == world.bids.bidding_of(PUBLIC + item).url


@pytest.mark.parametrize(
    ("left", "seconds"),
    [("24 h", 3601), ("5 h", 1801), ("30 min", 181), ("5 min", 61)],
)
def test_a_price_that_no_event_told_is_fetched_the_sooner_the_less_time_is_left(
    world: World, left: str, seconds: int
) -> None:
    item = world.member("Sam").list_item()
    ada = world.member("Ada")
    number, unit = left.split()
    book = world.bids.books[PUBLIC + item]
    left_s = int(number) * {"h": 3600, "min": 60}[unit]
    book.ends_at_ms = world.clock.now_ms + left_s * 1000
    ada.bid(item, "25")  # from now on this app has seen the bidding
    bid_elsewhere(world, item, "Ada", 3000)
    world.member("Bob")
    bid_elsewhere(world, item, "Bob", 2800)

    world.clock.pass_s(seconds * 0.8)
    heal(world)
    assert price_of(world, item)["amount"] == "10.00"
    world.clock.pass_s(seconds * 0.2)
    heal(world)

    assert price_of(world, item)["amount"] == "29.00"


def test_a_bidding_that_has_started_is_looked_at_again(world: World) -> None:
    item = world.member("Sam").list_item(starts="2026-09-22T12:00:00")
    book = world.bids.books[PUBLIC + item]
    told = replace(world.bids.bidding_of(book.auction_url), status="scheduled", links={})
    with world.parts.begin() as act:
        keep_bidding(act, told)
    ada = world.member("Ada")
    assert "place-bid" not in ada.get(item, headers=as_program()).get_json()["_links"]
    with world.parts.store.reading() as conn:
        starts_at_ms = auctions.by_id(conn, item.rsplit("/", 1)[1]).terms.starts_at_ms
    world.clock.now_ms = starts_at_ms

    heal(world)

    assert "place-bid" in ada.get(item, headers=as_program()).get_json()["_links"]


def test_entities_of_other_houses_and_vanished_ones_are_let_go(world: World) -> None:
    world.bids.open("http://elsewhere.test/auctions/a", start=Money(1, "USD"), ends_at_ms=1)
    other = world.bids.bidding_of("http://elsewhere.test/auctions/a")

    deliver(world, ("biddings", other.url), ("biddings", "http://bids.test/biddings/gone"))
    refresh(world)

    with world.parts.store.reading() as conn:
        assert stale.due(conn, now_ms=world.clock.now_ms, limit=9) == []


def test_a_delivery_without_a_good_signature_changes_nothing(world: World) -> None:
    refused = deliver(world, ("bids", "http://bids.test/bids/1"), signed=False)

    assert refused.status_code == 401
    assert world.app.test_client().get("/events").status_code in {401, 405}
    with world.parts.store.reading() as conn:
        assert stale.due(conn, now_ms=world.clock.now_ms, limit=9) == []


def test_pages_say_since_when_bids_does_not_answer(world: World) -> None:
    item = world.member("Sam").list_item()

    def silent() -> None:
        raise BidsUnavailable("refused")

    for ask, shown in ((silent, True), (silent, True), (lambda: None, False)):
        check_bids(world.parts.store, ask)
        page = world.browser().get(item).text
        assert ("bidding service does not answer" in page) is shown


def test_after_a_resync_every_bidding_that_may_have_changed_is_looked_at(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    unheard, raised = sam.list_item(), sam.list_item()
    ada.bid(raised, "25")
    world.member("Bob")
    bid_elsewhere(world, raised, "Bob", 4000)

    assert deliver(world, ("bus", f"{PUBLIC}/events"), type="resync").status_code == 204
    refresh(world)

    assert price_of(world, raised)["amount"] == "26.00"
    document = world.browser().get(unheard, headers=as_program()).get_json()
    assert document["_links"]["bidding"]["href"] == world.bids.bidding_of(PUBLIC + unheard).url
