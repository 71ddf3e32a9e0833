"""Who hears of bids, and which events are news."""

from __future__ import annotations

from typing import Any

import pytest
from bus_drain import Event
from service_kit.money import Money

from mailer_service.model.entities import Bid, Bidding, Offer
from mailer_service.model.mails import Notice
from mailer_service.notices.bids import (
    losers_wanted,
    notices_of_bid,
    notices_of_bidding,
    notices_of_losers,
    notices_of_offer,
)
from mailer_service.notices.topics import is_news, priority_of

PRICE = Money(1250, "USD")


def bid(**changes: Any) -> Bid:
    settings: dict[str, Any] = {
        "url": "https://bids.example/bids/1",
        "outcome": "leading",
        "price": PRICE,
        "auction_url": "https://a.example/auctions/1",
        "seller_url": "sally",
        "outbid_url": None,
    }
    return Bid(**(settings | changes))


def bidding(**changes: Any) -> Bidding:
    settings: dict[str, Any] = {
        "url": "https://bids.example/biddings/1",
        "status": "closed",
        "outcome": "sold",
        "price": PRICE,
        "is_reserve_missed": False,
        "is_bought_at_once": False,
        "auction_url": "https://a.example/auctions/1",
        "seller_url": "sally",
        "leader_url": "bob",
        "bids_url": "https://bids.example/biddings/1/bids",
    }
    return Bidding(**(settings | changes))


def told(notices: Any) -> set[tuple[str, str]]:
    assert all(isinstance(notice, Notice) for notice in notices)
    return {(notice.kind, notice.recipient_url) for notice in notices}


def test_of_the_first_bid_only_the_seller_hears() -> None:
    assert told(notices_of_bid(bid())) == {("new-bid", "sally")}


def test_of_a_bid_that_overtakes_the_overtaken_hears_too() -> None:
    assert told(notices_of_bid(bid(outbid_url="ada"))) == {("new-bid", "sally"), ("outbid", "ada")}


def test_of_a_bid_that_falls_short_its_own_bidder_hears() -> None:
    notices = notices_of_bid(bid(outcome="outbid", outbid_url="bob"))

    assert told(notices) == {("new-bid", "sally"), ("outbid", "bob")}


def test_of_a_raised_maximum_nobody_hears() -> None:
    assert notices_of_bid(bid(outcome="raised", outbid_url="ada")) == ()


def test_a_bids_mails_state_the_price_right_after_it() -> None:
    assert {n.price for n in notices_of_bid(bid(outbid_url="ada"))} == {PRICE}


def test_of_a_sale_both_sides_hear_and_of_each_other() -> None:
    notices = notices_of_bidding(bidding())

    assert told(notices) == {("won", "bob"), ("sold", "sally")}
    assert {n.recipient_url: n.about_url for n in notices} == {"bob": "sally", "sally": "bob"}


@pytest.mark.parametrize("leader", [None, "bob"])
def test_of_an_item_left_unsold_only_the_seller_hears(leader: str | None) -> None:
    notices = notices_of_bidding(bidding(outcome="unsold", leader_url=leader))

    assert told(notices) == {("unsold", "sally")}


@pytest.mark.parametrize("status", ["scheduled", "open"])
def test_of_a_bidding_that_goes_on_nobody_hears(status: str) -> None:
    assert notices_of_bidding(bidding(status=status)) == ()


def test_of_a_sale_everybody_who_bid_hears_once_but_the_winner() -> None:
    notices = notices_of_losers(bidding(), ["ada", "bob", "ada", "carl"])

    assert told(notices) == {("lost", "ada"), ("lost", "carl")}
    assert len(notices) == 2


def test_where_the_reserve_was_missed_everybody_who_bid_hears() -> None:
    missed = bidding(outcome="unsold", is_reserve_missed=True)

    notices = notices_of_losers(missed, ["ada", "bob"])

    assert told(notices) == {("lost", "ada"), ("lost", "bob")}
    assert all(notice.is_reserve_missed for notice in notices)


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, True),
        ({"outcome": "unsold"}, False),
        ({"outcome": "unsold", "is_reserve_missed": True}, True),
        ({"outcome": "unsold", "is_reserve_missed": True, "price": None}, False),
        ({"status": "open", "outcome": None}, False),
    ],
)
def test_bids_are_read_only_where_somebody_lost(changes: dict[str, Any], wanted: bool) -> None:
    assert losers_wanted(bidding(**changes)) is wanted


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("open", {("second-chance", "ada")}),
        ("accepted", set()),
        ("declined", set()),
        ("expired", set()),
    ],
)
def test_of_a_second_chance_its_bidder_hears_while_it_stands(
    status: Any, expected: set[tuple[str, str]]
) -> None:
    offer = Offer(
        url="https://bids.example/offers/1",
        status=status,
        price=PRICE,
        expires_at_ms=5,
        auction_url="https://a.example/auctions/1",
        bidder_url="ada",
    )

    assert told(notices_of_offer(offer)) == expected


@pytest.mark.parametrize(
    ("topic", "type", "expected"),
    [
        ("bids", "create", True),
        ("biddings", "update", True),
        ("customers", "update", True),
        ("orders", "update", True),
        ("questions", "create", True),
        ("reminders", "create", True),
        ("offers", "create", True),
        ("bids", "noop", False),
        ("bids", "delete", False),
        ("auctions", "create", False),
        ("bid", "create", False),
    ],
)
def test_what_is_worth_looking_at(topic: str, type: str, expected: bool) -> None:
    assert is_news(Event(topic=topic, type=type, url="https://x.example/1", t=0)) is expected


def test_a_url_longer_than_the_bus_takes_is_not() -> None:
    event = Event(topic="bids", type="create", url="https://x.example/" + "a" * 1024, t=0)

    assert not is_news(event)


def test_accounts_and_what_ends_soon_are_looked_at_first() -> None:
    assert priority_of("customers") < priority_of("bids")
    assert priority_of("reminders") < priority_of("biddings")
