"""The same app on PostgreSQL: one story through every table."""

import dataclasses
from collections.abc import Callable

import pytest
from service_kit import database

from auction_app.config import Config
from tests.auction_app.conftest import World, as_program, path_of
from tests.auction_app.test_projection import (
    bid_elsewhere,
    deliver,
    refresh,
)
from tests.postgres import postgres_cluster, postgres_url

__all__ = ["postgres_cluster", "postgres_url"]


@pytest.fixture
def world(make_world: Callable[..., World], config: Config, postgres_url: str) -> World:
    database.migrate("auction_app", postgres_url)
    return make_world(dataclasses.replace(config, database_url=postgres_url))


def test_a_story_through_every_table(world: World) -> None:
    sam, ada = world.member("Sam"), world.member("Ada")
    world.browser().sign_up("Ada")
    assert world.browser().sign_in("Ada", password="wrong").status_code == 422
    item = sam.list_item(ends="2026-09-22T00:00:00")
    others = [sam.list_item(ends=f"2026-09-22T{hour:02}:00:00") for hour in range(1, 24)]
    bob = world.member("Bob")

    assert "You are the highest bidder" in ada.bid(item, "25").text
    told = bid_elsewhere(world, item, "Bob", 4000)
    for _ in range(2):
        deliver(world, ("biddings", told.bidding_url), ("bids", told.url))
        refresh(world)

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
