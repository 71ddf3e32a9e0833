"""Whoever works on a table hears at once that there is work: nobody waits for a poll."""

from collections.abc import Callable
from typing import Any

import pytest
from service_kit.notify import Channel

from bids_service.commands.accept import apply_accepted
from tests.bids_service.service import AUCTION, END_MS, SELLER, START_MS, Service, bidder, usd

Act = Callable[[Service], object]


def bid(service: Service, name: str = "ada", amount: str = "5.00", **headers: str) -> None:
    body = {"auction": AUCTION, "bidder": bidder(name), "maximum": usd(amount)}
    sent = {"Idempotency-Key": f"{name}-{amount}"} | headers
    assert service.http().post("/bids", json=body, headers=sent).status_code in {201, 202}


def bid_later(service: Service) -> None:
    bid(service, Prefer="respond-async")


def close(service: Service) -> None:
    service.clock.now_ms = END_MS
    service.sweep()


def offer(service: Service) -> None:
    with service.client() as client:
        bidding = client.bidding_of(AUCTION)
        client.offer_second_chance(bidding, SELLER, bidder("ada"), "offer")


def expire(service: Service) -> None:
    service.clock.now_ms = END_MS + 365 * 24 * 3_600_000
    service.sweep()


def bids(service: Service) -> None:
    bid(service)
    bid(service, "bob", "7.00")


def notified(channel: Channel, service: Service, before: list[Act], act: Act) -> bool:
    """Whether who waits hears of this act."""
    for one in before:
        one(service)
    while channel.wait(0):
        pass
    act(service)
    return channel.wait(0)


@pytest.mark.parametrize(
    ("before", "act"),
    [
        ([], lambda service: service.learn(AUCTION)),
        ([], bid),
        ([bid_later], lambda service: apply_accepted(service.parts.books)),
        ([bids], close),
        ([bids, close], offer),
        ([bids, close, offer], expire),
    ],
    ids=["announced", "bid", "applied", "closed", "offered", "expired"],
)
def test_whoever_publishes_hears_of_events(service: Service, before: list[Act], act: Act) -> None:
    told = len(service.events())
    assert notified(service.parts.database.outbox_channel, service, before, act)
    assert len(service.events()) > told


def test_with_nothing_to_publish_nobody_is_woken(service: Service) -> None:
    channel = service.parts.database.outbox_channel
    assert not notified(channel, service, [bids], lambda it: it.sweep())
    assert not notified(channel, service, [], lambda it: apply_accepted(it.parts.books))


def test_whoever_applies_commands_hears_of_one_that_was_accepted(service: Service) -> None:
    assert notified(service.parts.database.accepted_channel, service, [], bid_later)


def test_who_opened_a_bidding_at_its_first_bid_says_so(service: Service) -> None:
    service.clock.now_ms = START_MS
    assert notified(service.parts.database.outbox_channel, service, [], bid)
    created: Any = service.events()[0]
    assert created[:2] == ("biddings", "create")
