"""Whatever is asked of the JSON side, the answer is what the document says, and never a 500."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import marshmallow as ma
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from auction_app.bidding.hal import MyBidsSchema
from auction_app.listings.hal import AuctionSchema, HomeSchema
from auction_app.notifications.hal import MyNoticesSchema
from auction_app.orders.hal import MyOrdersSchema, OrderSchema
from auction_app.orders.message_hal import MessageSchema, MessagesSchema
from auction_app.profiles.hal import CustomerSchema
from auction_app.questions.hal import QuestionSchema
from auction_app.second_chances.hal import SecondChanceSchema
from auction_app.selling.hal import MySalesSchema
from auction_app.watchlist.hal import ReminderSchema, WatchlistSchema
from auction_app.watchlist.remind_watchers import remind_watchers
from tests import node
from tests.auction_app.conftest import BIDS_TOKEN, MAILER_TOKEN, Browser, World, as_program, path_of
from tests.auction_app.sale import sell
from tests.auction_app.tour import begin, rules

pytestmark = pytest.mark.slow

OPERATIONS = [
    "/",
    "/auctions/{auction_id}",
    "/customers/{customer_id}",
    "/my/bids",
    "/my/sales",
    "/my/watchlist",
    "/search",
    "/categories/{category}",
    "/orders/{order_id}",
    "/orders/{order_id}/messages",
    "/messages/{message_id}",
    "/questions/{question_id}",
    "/reminders/{reminder_id}",
    "/my/orders",
    "/my/notices",
    "/second-chances/{chance_id}",
    "/statements/{statement_id}",
    "/announcements",
    "/announcements/{announcement_id}",
]

PAGES_ONLY = (
    "/<any(",
    "/.well-known/",
    "/account",
    "/appeals/",
    "/auctions/<string:auction_id>/",
    "/confirm-address/",
    "/decisions/",
    "/<any(",
    "/clock",
    "/favicon.ico",
    "/feeds/",
    "/forgot-password",
    "/language",
    "/manifest.webmanifest",
    "/messages/<string:message_id>/",
    "/me/events",
    "/metrics",
    "/moderation",
    "/my/bid-results/",
    "/my/bids/",
    "/my/searches",
    "/orders/<string:order_id>/receipt",
    "/photos/",
    "/reset-password/",
    "/robots.txt",
    "/rules",
    "/sell",
    "/sitemap",
    "/sign-",
    "/unsubscribe/",
    "/verify-email/",
)
"""Forms, fragments, files, and what is for one pair of eyes: no entities of their own."""


@pytest.mark.parametrize("path", OPERATIONS)
def test_every_answer_is_as_described(world: World, path: str) -> None:
    schema = schemathesis.openapi.from_wsgi("/openapi.json", world.app)

    @given(case=schema[path]["GET"].as_strategy())
    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    def check(case: Any) -> None:
        case.call_and_validate(headers=as_program(BIDS_TOKEN))

    check()


def test_the_linter_finds_no_error(world: World, tmp_path: Path) -> None:
    document = world.app.test_client().get("/openapi.json").get_json()
    assert node.lint_openapi(document, tmp_path) == []


def test_every_operation_is_tried(world: World) -> None:
    document = world.app.test_client().get("/openapi.json").get_json()

    assert set(document["paths"]) == set(OPERATIONS)
    assert all(set(methods) <= {"get", "parameters"} for methods in document["paths"].values())


def test_every_page_of_an_entity_is_described(world: World) -> None:
    every = {rule.rule for rule in rules(world, "GET") if not rule.rule.startswith(PAGES_ONLY)}

    assert {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule) for rule in every} == set(OPERATIONS)


def test_what_follows_a_sale_is_as_described(world: World) -> None:
    tour = begin(world)
    sam, bob = tour.sale.sam, tour.sale.bob
    chance = f"/second-chances/{tour.ids['chance_id']}"

    for who, path, schema in (
        (sam, "/my/orders", MyOrdersSchema),
        (sam, f"{tour.sale.order}/messages", MessagesSchema),
        (sam, "/my/notices", MyNoticesSchema),
        (bob, chance, SecondChanceSchema),
    ):
        document = who.client.get(path, headers=as_program()).get_json()
        assert schema().validate(document) == {}, path
    offered = bob.client.get(chance, headers=as_program()).get_json()
    assert {"accept", "decline"} <= set(offered["_links"])
    bob.post(chance, {"answer": "decline"})
    offered = bob.client.get(chance, headers=as_program()).get_json()
    assert {"accept", "decline"} & set(offered["_links"]) == set()


def test_an_order_links_its_side_to_the_next_steps(world: World) -> None:
    sale = sell(world)

    def steps(browser: Browser) -> set[str]:
        document = browser.client.get(sale.order, headers=as_program()).get_json()
        return set(document["_links"]) - {"self", "auction", "seller", "buyer", "messages"}

    assert steps(sale.ada) == {"paid", "ask-cancel", "address"}
    assert steps(sale.sam) == {"paid", "ask-cancel", "postage"}
    sale.ada.post(f"{sale.order}/steps", {"status": "paid"})
    assert steps(sale.ada) == {"ask-cancel", "address", "receipt"}
    assert steps(sale.sam) == {"shipped", "ask-cancel", "receipt"}
    sale.sam.post(f"{sale.order}/steps", {"status": "shipped"})
    assert steps(sale.ada) == {"received", "receipt"}
    sale.ada.post(f"{sale.order}/steps", {"status": "received"})
    assert steps(sale.sam) == {"feedback", "receipt"}


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/", HomeSchema),
        ("ITEM", AuctionSchema),
        ("SELLER", CustomerSchema),
        ("/my/bids", MyBidsSchema),
        ("/my/sales", MySalesSchema),
        ("/my/watchlist", WatchlistSchema),
        ("/search", HomeSchema),
        ("/categories/other", HomeSchema),
    ],
)
def test_what_is_there_is_as_described(world: World, path: str, schema: type[ma.Schema]) -> None:
    ada = world.member("Ada")
    item = ada.list_item()
    other = world.member("Sam").list_item()
    ada.bid(other, "25")
    names = {"ITEM": item, "SELLER": path_of(world.customer_url("Ada"))}

    document = ada.client.get(names.get(path, path), headers=as_program(BIDS_TOKEN)).get_json()

    assert schema().validate(document) == {}
    assert "_links" in document


def test_what_mails_are_about_is_as_described(world: World) -> None:
    sale = sell(world)
    item = sale.sam.list_item(ends="2026-09-22T12:00:00")
    sale.ada.post(f"{item}/questions", {"question": "?"})
    sale.ada.post(f"{sale.order}/messages", {"message": "?"})
    sale.ada.post(f"{item}/watch", {"watch": "1"})
    book = world.bids.books[world.parts.urls.public_url + item]
    with world.parts.begin() as act:
        remind_watchers(replace(act, now_ms=book.ends_at_ms - 1))
    latest = {topic: path_of(url) for topic, _type, url in world.announced()}
    client = world.app.test_client()

    for topic, schema in (
        ("orders", OrderSchema),
        ("messages", MessageSchema),
        ("questions", QuestionSchema),
        ("reminders", ReminderSchema),
        ("customers", CustomerSchema),
    ):
        document = client.get(latest[topic], headers=as_program(MAILER_TOKEN)).get_json()
        assert schema().validate(document) == {}, topic
