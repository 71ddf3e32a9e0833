"""The same app on PostgreSQL: one story through every table."""

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError

from auction_app.accounts.repository import customers
from auction_app.config import Config
from auction_app.db.tables import audit_trail, orders
from auction_app.watchlist.remind_watchers import remind_watchers
from tests.auction_app.bidding.test_projection import bid_elsewhere, deliver, refresh
from tests.auction_app.conftest import World, as_program, path_of
from tests.auction_app.devices.test_devices import add_device, ask, sold
from tests.auction_app.sale import cancel, close, sell
from tests.waiting import wait_for


@pytest.fixture
def world(make_world: Callable[..., World], config: Config, postgres_database: str) -> World:
    return make_world(dataclasses.replace(config, database_url=postgres_database))


def test_a_story_through_every_table(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    world.browser().sign_up("Ada")
    assert world.browser().sign_in("Ada", password="wrong").status_code == 422
    item = sam.list_by_wizard(ends="2026-09-22T00:00:00")
    others = [sam.list_item(ends=f"2026-09-22T{hour:02}:00:00") for hour in range(1, 24)]
    bob = world.member("Bob")

    assert "You are the highest bidder" in ada.bid(item, "25").text
    told = bid_elsewhere(world, item, "Bob", 4000)
    for _ in range(2):
        deliver(world, ("biddings", told.bidding_url), ("bids", told.url))
        refresh(world)

    assert ("notices", "update", world.customer_url("Ada")) in world.announced()
    assert "Outbid" in ada.get("/my/bids").text
    assert "Winning" in bob.get("/my/bids").text
    world.bids.close(world.parts.urls.public_url + item)
    deliver(world, ("biddings", told.bidding_url))
    refresh(world)
    assert "Sold" in sam.get("/my/sales?after=9999999999999-z").text
    assert "Won" in bob.get("/my/bids").text
    first = ada.client.get("/", headers=as_program()).get_json()
    running = [path_of(a["_links"]["self"]["href"]) for a in first["_embedded"]["auctions"]]
    assert running == others
    assert "next" not in first["_links"]
    sam.post("/sign-out")
    assert sam.get("/my/sales").status_code == 401


def test_what_follows_a_sale_and_the_trail_of_moderators(world: World) -> None:
    sale = sell(world)
    cancel(sale)
    sale.ada.post(f"{sale.order}/feedback", {"rating": "neutral", "text": "Changed my mind."})
    item = sale.sam.list_item()
    sale.ada.post(f"{item}/questions", {"question": "Does it work?"})
    sale.ada.post(f"{item}/watch", {"watch": "1"})
    sale.ada.post("/account/notices", {"outbid": "daily"})
    sale.bob.post(f"{item}/report", {"reason": "other", "text": "Look at it."})
    ends_at_ms = world.bids.books[world.parts.urls.public_url + item].ends_at_ms
    with world.parts.begin() as act:
        assert remind_watchers(dataclasses.replace(act, now_ms=ends_at_ms - 1)) == 1
    mod = world.moderator("Mo")
    mod.post(f"/moderation{item}", {"action": "hide", "note": "Rule 2."})

    assert "Cancelled" in sale.sam.get("/my/orders").text
    assert "Neutral: 1" in sale.bob.get(path_of(world.customer_url("Sam"))).text
    assert "News about your order" in sale.sam.get("/my/notices").text
    assert "Ends soon" in sale.ada.get("/my/notices").text
    assert "Rule 2." in mod.get("/moderation/trail").text
    for statement in (update(audit_trail).values(note="x"), text("TRUNCATE audit_trail")):
        with (
            pytest.raises(DatabaseError, match="only ever added to"),
            world.parts.begin() as act,
        ):
            act.conn.execute(statement)


def test_sales_that_are_made_at_once_get_their_numbers_in_turn(world: World) -> None:
    sale = sell(world)
    token = add_device(sale.sam)
    items = [sale.sam.list_item() for _ in range(6)]
    for item in items:
        sale.ada.bid(item, "40")

    with ThreadPoolExecutor(len(items)) as pool:
        list(pool.map(lambda item: close(world, item), items))

    assert len(sold(ask(world, token))) == len(items)
    with world.parts.store.reading() as conn:
        numbers = conn.execute(select(orders.c.sale_number)).scalars()
        assert sorted(numbers) == list(range(1, len(items) + 2))


def test_what_is_listed_while_its_seller_is_deleted_waits_and_is_refused(world: World) -> None:
    sam = world.member("Sam")
    draft = sam.write_draft()
    store, customer = world.parts.store, path_of(world.customer_url("Sam")).rsplit("/", 1)[1]

    with ThreadPoolExecutor(1) as other:
        with store.begin() as act:
            customers.locked(act.conn, customer)
            customers.ban(act.conn, customer, at_ms=world.clock())
            published = other.submit(sam.publish, draft)
            wait_for(lambda: _somebody_waits(world), what="the listing to wait for the lock")
        assert published.result(timeout=30).status_code == 401

    assert "Brass desk lamp" not in world.browser().get("/").text


def _somebody_waits(world: World) -> bool:
    with world.parts.store.reading() as conn:
        return bool(conn.execute(text("SELECT 1 FROM pg_locks WHERE NOT granted")).first())
