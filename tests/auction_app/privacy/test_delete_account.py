"""Taking one's data along, and leaving: nobody who counts on somebody is left alone."""

import re
from typing import Any

import pytest
from sqlalchemy import Column, ForeignKey, select

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.bidding.commands import buy_now
from auction_app.bidding.place_bid import place_bid
from auction_app.bidding.review_bid import read_ticket
from auction_app.db.tables import drafts, metadata
from auction_app.errors import NoSession
from auction_app.selling.list_auction import list_auction
from tests.auction_app.bidding.test_commands import key_in
from tests.auction_app.bidding.test_projection import bid_elsewhere
from tests.auction_app.conftest import (
    MAILER_TOKEN,
    PUBLIC,
    World,
    as_program,
    email_of,
    password_of,
    path_of,
    ticket_in,
)
from tests.auction_app.sale import cancel, close, offer_again, sell

SECTIONS = {
    "customers": "account",
    "addresses": "account",
    "notice_preferences": "account",
    "auctions": "items",
    "orders": "orders",
    "feedback": "feedback_given",
    "questions": "questions",
    "notices": "notices",
    "drafts": "drafts",
    "watches": "watchlist",
    "payments": "payments",
    "reports": "reports",
    "order_messages": "messages",
    "message_reports": "reports_of_messages",
    "second_chances": "second_chances",
    "sessions": "sessions",
    "devices": "devices",
    "app_factors": "two_factor_sign_in",
    "recovery_codes": "two_factor_sign_in",
    "passkeys": "passkeys",
    "passkey_challenges": None,  # random, for five minutes
    "sign_in_changes": "sign_in_changes",
    "bids": "bids",
    "participations": "bids",
    "placed_tickets": "bids",
    "biddings": "bids",  # who leads
    "saved_searches": "saved_searches",
    "follows": "followed_sellers",
    "alerts": "notices",  # each is one
    "reminders": "watchlist",  # that a watched item ended soon
    "decisions": "decisions",
    "statements": "told_by_the_house",
    "decrees": "decisions",  # what followed from them
    "house_pages": None,  # the house's own words
    "audit_trail": None,  # the house's own record of its moderators
}


def test_the_export_has_a_section_for_every_table_that_knows_a_customer(world: World) -> None:
    known = {
        table.name
        for table in metadata.tables.values()
        for column in table.columns
        if column.name in WHO or any(key.column.table.name == "customers" for key in _keys(column))
    }

    document = world.member("Ada").get("/account/export").get_json()

    assert known | {"customers"} == set(SECTIONS)
    assert set(document) == {section for section in SECTIONS.values() if section} | {"answers"}


WHO = {"customer_id", "bidder_id", "leader_id", "actor_id", "seller_id", "editor_id"}


def _keys(column: Column[Any]) -> set[ForeignKey]:
    return column.foreign_keys


def test_what_one_has_written_watched_and_been_offered_is_in_the_export(world: World) -> None:
    sale = sell(world)
    item = sale.sam.list_item()
    sale.ada.post(f"{item}/watch", {"watch": "1"})
    sale.ada.post(f"{item}/report", {"reason": "other", "text": "Look at it."})
    asked = sale.ada.post(f"{item}/questions", {"question": "Does it work?"})
    question = asked.headers["Location"].rsplit("question-", 1)[1]
    sale.sam.post(f"/questions/{question}/answer", {"answer": "It does."})
    sale.ada.write_draft(title="A chair")

    ada = sale.ada.get("/account/export").get_json()

    assert [row["item"] for row in ada["watchlist"]] == [PUBLIC + item]
    assert [row["text"] for row in ada["reports"]] == ["Look at it."]
    assert [row["text"] for row in ada["questions"]] == ["Does it work?"]
    assert [row["typed"]["title"] for row in ada["drafts"]] == ["A chair"]
    assert len(ada["sessions"]) == 1
    sam = sale.sam.get("/account/export").get_json()
    assert [row["text"] for row in sam["answers"]] == ["It does."]


def test_the_export_holds_what_is_known_and_nothing_of_others(world: World) -> None:
    sale = sell(world)

    answer = sale.ada.get("/account/export")

    assert "attachment" in answer.headers["Content-Disposition"]
    data = answer.get_json()
    assert data["account"]["email"] == email_of("Ada")
    assert data["bids"][0]["maximum"] == {"amount": "40.00", "currency": "USD"}
    assert data["orders"][0]["order"] == PUBLIC + sale.order
    assert email_of("Bob") not in answer.text
    assert "20.00" not in answer.text.replace('"price_after"', "")
    world.bids.down = True
    assert sale.ada.get("/account/export").status_code == 503


def test_an_account_that_others_count_on_is_not_deleted(world: World) -> None:
    sale = sell(world)
    item = sale.bob.list_item()
    sale.ada.bid(item, "12")

    for person, words in (
        (sale.ada, ("You are the highest bidder in an auction", "An order of yours")),
        (sale.bob, ("Somebody has bid on an item",)),
        (sale.sam, ("An order of yours",)),
    ):
        page = person.get("/account/delete").text
        assert all(word in page for word in words)
        name = {id(sale.ada): "Ada", id(sale.bob): "Bob", id(sale.sam): "Sam"}[id(person)]
        refused = person.post("/account/delete", {"password": password_of(name)})
        assert refused.status_code == 409
        assert world.browser().sign_in(name).status_code == 303


def test_a_deleted_account_leaves_no_name_and_no_way_in(world: World) -> None:
    ada = world.member("Ada")
    item = ada.list_item()
    url = path_of(world.customer_url("Ada"))
    assert ada.post("/account/delete", {"password": "guess"}).status_code == 422

    answer = ada.follow(ada.post("/account/delete", {"password": password_of("Ada")}))

    assert "Your account is deleted" in answer.text
    stranger = world.browser()
    assert "Ada" not in stranger.get(url).text
    assert stranger.get(item).status_code == 410
    assert world.bids.books[PUBLIC + item].cancelled
    assert item not in stranger.get("/").text
    known = stranger.client.get(url, headers=as_program(MAILER_TOKEN)).get_json()
    assert known["email"].endswith(".invalid")
    assert known["email_verified"] is False
    assert set(known["notices"].values()) == {"off"}
    assert stranger.sign_in("Ada").status_code == 422
    assert world.browser().sign_up("Ada").status_code == 200  # the address is free again
    assert world.browser().sign_in("Ada").status_code == 303


def test_drafts_and_their_photos_go_with_the_account(world: World) -> None:
    ada = world.member("Ada")
    ada.write_draft()
    assert list(world.photos.glob("*.jpg"))

    ada.post("/account/delete", {"password": password_of("Ada")})

    assert not list(world.photos.glob("*.jpg"))
    with world.parts.store.reading() as conn:
        assert conn.execute(select(drafts)).all() == []


def test_an_account_is_not_deleted_while_its_auctions_cannot_be_called_off(world: World) -> None:
    ada = world.member("Ada")
    ada.list_item()
    world.bids.down = True

    assert ada.post("/account/delete", {"password": password_of("Ada")}).status_code == 503

    assert ada.get("/account").status_code == 200


def test_a_bid_that_this_app_has_not_heard_of_keeps_the_sellers_account(world: World) -> None:
    sam = world.member("Sam")
    item = sam.list_item()
    world.member("Ada")
    bid_elsewhere(world, item, "Ada", 2500)

    refused = sam.post("/account/delete", {"password": password_of("Sam")})

    assert refused.status_code == 409
    assert "Somebody has bid on an item of yours" in refused.text
    assert not world.bids.books[PUBLIC + item].cancelled


def test_an_item_listed_at_the_same_moment_keeps_the_account(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = world.member("Ada")
    ada.list_item()
    draft = ada.write_draft()
    second = world.browser()
    second.sign_in("Ada")
    cancel = world.bids.cancel
    published = []

    def publish_meanwhile(*args: Any, **condition: Any) -> Any:
        monkeypatch.undo()
        published.append(second.publish(draft).headers["Location"])
        return cancel(*args, **condition)

    monkeypatch.setattr(world.bids, "cancel", publish_meanwhile)
    refused = ada.post("/account/delete", {"password": password_of("Ada")})

    assert refused.status_code == 409
    assert "cannot be called off right now" in refused.text
    assert world.browser().get(published[0]).status_code == 200
    assert ada.get("/account").status_code == 200


def test_an_account_that_is_gone_by_now_lists_bids_and_asks_nothing(world: World) -> None:
    ada, sam = world.member("Ada"), world.member("Sam")
    item = sam.list_item()
    draft = ada.write_draft()
    review = ticket_in(ada.review(item, "25"))
    as_it_was = _customer(world, "Ada")
    ticket = read_ticket(world.parts.signatures, review)
    assert ada.post("/account/delete", {"password": password_of("Ada")}).status_code == 303

    parts = world.parts
    with pytest.raises(NoSession), parts.begin() as act:
        listing: Any = None  # refused before anything looks at it
        list_auction(act, listing, [], auction_id="x", seller=as_it_was)
    with pytest.raises(NoSession):
        place_bid(parts.store, parts.gateway, ticket, bidder=as_it_was)
    assert ada.get(f"{draft}/item").status_code == 401
    assert "place" not in world.bids.calls


def test_a_bid_without_an_answer_keeps_the_account_for_a_while(world: World) -> None:
    ada, sam = world.member("Ada"), world.member("Sam")
    item = sam.list_item()
    ticket = ticket_in(ada.review(item, "25"))
    world.bids.down = True
    assert ada.confirm(item, ticket).status_code == 503
    form = {"password": password_of("Ada")}

    assert (
        "A bid, purchase or offer of yours is on its way" in ada.post("/account/delete", form).text
    )
    world.clock.pass_s(6 * 60)
    assert ada.post("/account/delete", form).status_code == 303


def test_a_purchase_without_an_answer_keeps_the_account_for_a_while(world: World) -> None:
    ada, item = world.member("Ada"), world.member("Sam").list_item(buy_now="99.00")
    key = key_in(ada.get(f"{item}/buy-now").text)
    world.bids.loses_next_answer = True
    assert ada.post(f"{item}/buy-now", {"key": key}).status_code == 503
    form = {"password": password_of("Ada")}

    assert "purchase or offer of yours is on its way" in ada.post("/account/delete", form).text
    assert ada.post(f"{item}/buy-now", {"key": key}).status_code == 303
    assert "An order of yours is not finished" in ada.post("/account/delete", form).text


def test_a_purchase_that_was_refused_does_not_keep_the_account(world: World) -> None:
    ada, item = world.member("Ada"), world.member("Sam").list_item(buy_now="99.00")
    key = key_in(ada.get(f"{item}/buy-now").text)
    world.bids.close(PUBLIC + item)
    assert ada.post(f"{item}/buy-now", {"key": key}).status_code == 409

    assert ada.post("/account/delete", {"password": password_of("Ada")}).status_code == 303


def test_an_account_that_is_gone_by_now_buys_nothing(world: World) -> None:
    ada, item = world.member("Ada"), world.member("Sam").list_item(buy_now="99.00")
    as_it_was = _customer(world, "Ada")
    auction_id = item.rsplit("/", 1)[-1]
    assert ada.post("/account/delete", {"password": password_of("Ada")}).status_code == 303

    parts = world.parts
    with pytest.raises(NoSession):
        buy_now(parts.store, parts.gateway, auction_id, buyer=as_it_was, key="k")
    assert "buy_now" not in world.bids.calls


def test_an_open_second_chance_keeps_both_sides_accounts(world: World) -> None:
    sale = sell(world)
    cancel(sale)
    offer_again(sale.sam, sale.item)
    offer = re.findall(r'href="(/second-chances/\w+)"', sale.bob.get("/my/notices").text)[0]
    for person in (sale.sam, sale.bob):
        assert "A second chance offer" in person.get("/account/delete").text

    sale.bob.post(offer, {"answer": "decline"})

    for person, name in ((sale.sam, "Sam"), (sale.bob, "Bob")):
        assert person.post("/account/delete", {"password": password_of(name)}).status_code == 303


def test_a_bid_that_would_win_if_the_leader_took_theirs_back_keeps_the_account(
    world: World,
) -> None:
    item = world.member("Sam").list_item()
    ada, bob = world.member("Ada"), world.member("Bob")
    ada.bid(item, "20")
    bob.bid(item, "40")
    form = {"password": password_of("Ada")}

    assert "could still win" in ada.post("/account/delete", form).text
    close(world, item)
    assert ada.post("/account/delete", form).status_code == 303


def _customer(world: World, name: str) -> Customer:
    with world.parts.store.reading() as conn:
        found = customers.by_email(conn, email_of(name))
    assert found
    return found[0]
