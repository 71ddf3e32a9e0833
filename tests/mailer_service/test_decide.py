"""Who gets which mail."""

from __future__ import annotations

from typing import Any

import pytest
from bus_drain import Event
from service_kit.money import Money

from mailer_service.decide import (
    is_news,
    notices_of_bid,
    notices_of_bidding,
    notices_of_customer,
)
from mailer_service.model import Bid, Bidding, Customer, Notice, Verification

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
        "auction_url": "https://a.example/auctions/1",
        "seller_url": "sally",
        "leader_url": "bob",
    }
    return Bidding(**(settings | changes))


def customer(**changes: Any) -> Customer:
    settings: dict[str, Any] = {
        "url": "https://a.example/customers/1",
        "name": "Ada",
        "email": "ada@example.org",
        "locale": "en",
        "verification": None,
    }
    return Customer(**(settings | changes))


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


def test_an_address_that_waits_is_asked_once_a_request() -> None:
    first = customer(verification=Verification(id="1", link="https://a.example/v/1"))
    second = customer(verification=Verification(id="2", link="https://a.example/v/2"))

    assert [n.kind for n in notices_of_customer(first)] == ["verify-email:1"]
    assert [n.kind for n in notices_of_customer(second)] == ["verify-email:2"]
    assert [n.recipient_url for n in notices_of_customer(first)] == [first.url]


def test_a_verified_customer_is_not_asked() -> None:
    assert notices_of_customer(customer()) == ()


@pytest.mark.parametrize(
    ("topic", "type", "expected"),
    [
        ("bids", "create", True),
        ("biddings", "update", True),
        ("customers", "update", True),
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
