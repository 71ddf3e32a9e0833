"""Buying at once, taking back, calling off and offering again, each by its link."""

from typing import Any

import pytest
from bids_client import Bidding, BidRefused, BidsClient, Money
from sqlalchemy import text as sql
from werkzeug.test import TestResponse

from bids_service.commands.accept import apply_accepted
from bids_service.verify_stored import verify_stored
from tests.bids_service.service import (
    AUCTION,
    END_MS,
    PUBLIC,
    SELLER,
    START_MS,
    WRITE,
    Service,
    auction,
    bidder,
    usd,
)

UPDATE = ("biddings", "update", f"{PUBLIC}/biddings/1")
HOUR_MS = 3_600_000


def place(client: BidsClient, name: str, minor: int) -> Bidding:
    return client.place(AUCTION, bidder(name), Money(minor, "USD"), f"{name}-{minor}").bidding


def post(service: Service, path: str, body: Any, key: str, **headers: str) -> TestResponse:
    sent = {"Idempotency-Key": key} | {name.replace("_", "-"): it for name, it in headers.items()}
    return service.http().post(path, json=body, headers=sent)


def test_what_can_be_done_is_what_there_are_links_for(service: Service) -> None:
    service.auctions.at[AUCTION] = auction(buy_now=usd("9.00"))
    service.clock.now_ms = START_MS - 1
    service.learn(AUCTION)
    with service.client() as client:
        scheduled = client.bidding_of(AUCTION)
        service.clock.now_ms = START_MS
        opened = client.bidding_of(AUCTION)
        taken = place(client, "ada", 500)
        service.clock.now_ms = END_MS
        ended = client.bidding_of(AUCTION)
        service.sweep()
        closed = client.bidding_of(AUCTION)
    relations = {"place-bid", "buy-now", "retract", "cancel", "offer", "history"}
    possible = [relations & it.links.keys() for it in (scheduled, opened, taken, ended, closed)]
    assert possible == [
        {"cancel"},
        {"place-bid", "buy-now", "cancel"},
        {"place-bid", "retract", "cancel"},
        set(),
        {"offer", "history"},
    ]
    assert opened.buy_now == Money(900, "USD")
    assert (scheduled.buy_now, taken.buy_now) == (None, None)


def test_buying_at_once_sells_and_is_announced_once(service: Service) -> None:
    service.auctions.at[AUCTION] = auction(buy_now=usd("9.00"))
    service.learn(AUCTION)
    before = service.events()
    with service.client() as client:
        bidding = client.bidding_of(AUCTION)
        bought = client.buy_now(bidding, bidder("ada"), "key-1")
        assert (bought.status, bought.outcome, bought.price) == (
            "closed",
            "sold",
            Money(900, "USD"),
        )
        assert client.buy_now(bidding, bidder("ada"), "key-1") == bought
        with pytest.raises(BidRefused) as refused:
            client.buy_now(bidding, bidder("bob"), "key-2")
    assert refused.value.reason == "ended"
    assert service.events() == [*before, UPDATE]
    verify_stored(service.parts.database, AUCTION)


def test_taking_back_is_possible_for_as_long_as_the_links_say(service: Service) -> None:
    with service.client() as client:
        place(client, "ada", 500)
        place(client, "bob", 900)
        service.clock.now_ms = END_MS - 12 * HOUR_MS
        place(client, "ada", 700)
        assert [own.can_retract for own in client.bids_of(bidder("ada"))] == [True, False]
        bidding = client.bidding_of(AUCTION)
        after = client.retract(bidding, bidder("ada"), "key-1")
        assert (after.bid_count, after.price) == (2, Money(510, "USD"))
        with pytest.raises(BidRefused) as refused:
            client.retract(bidding, bidder("ada"), "key-2")
        assert refused.value.reason == "too_late"
        with pytest.raises(BidRefused) as refused:
            client.retract(bidding, bidder("eve"), "key-3")
        assert refused.value.reason == "no_bid"
    verify_stored(service.parts.database, AUCTION)


def test_between_its_end_and_its_closing_a_bidding_has_no_link_that_commands(
    service: Service,
) -> None:
    service.auctions.at[AUCTION] = auction(buy_now=usd("9.00"), reserve=usd("7.00"))
    with service.client() as client:
        place(client, "ada", 500)
        service.clock.now_ms = END_MS - 1
        place(client, "bob", 600)
        assert [own.can_retract for own in client.bids_of(bidder("bob"))] == [True]
        service.clock.now_ms = END_MS
        assert [own.can_retract for own in client.bids_of(bidder("bob"))] == [False]
        ended = client.bidding_of(AUCTION)
        assert ended.links.keys() & {"place-bid", "buy-now", "retract", "cancel", "offer"} == set()
        assert (ended.minimum, ended.buy_now, ended.outcome) == (None, None, None)


def test_only_the_seller_calls_off(service: Service) -> None:
    with service.client() as client:
        bidding = place(client, "ada", 500)
        with pytest.raises(BidRefused) as refused:
            client.cancel(bidding, bidder("ada"), "key-1")
        assert refused.value.reason == "not_seller"
        assert client.cancel(bidding, SELLER, "key-2").outcome == "unsold"


def test_it_is_called_off_only_without_bids_if_the_seller_says_so(service: Service) -> None:
    with service.client() as client:
        bidding = place(client, "ada", 500)
        with pytest.raises(BidRefused) as refused:
            client.cancel(bidding, SELLER, "key-1", only_without_bids=True)
        assert (refused.value.status, refused.value.reason) == (409, "has_bids")
        client.retract(bidding, bidder("ada"), "key-2")
        cancelled = client.cancel(bidding, SELLER, "key-3", only_without_bids=True)
        assert cancelled.status == "closed"
    verify_stored(service.parts.database, AUCTION)


def test_a_second_chance_is_offered_answered_and_told(service: Service) -> None:
    with service.client() as client:
        place(client, "ada", 500)
        place(client, "bob", 900)
        service.clock.now_ms = END_MS
        service.sweep()
        bidding = client.bidding_of(AUCTION)
        before = service.events()
        shown = {one.bidder: one.price for one in client.shown_prices(bidding)}
        assert shown == {bidder("ada"): Money(500, "USD"), bidder("bob"): Money(510, "USD")}
        with pytest.raises(BidRefused) as refused:
            client.offer_second_chance(
                bidding, SELLER, bidder("ada"), "key-0", price=Money(490, "USD")
            )
        assert (refused.value.reason, refused.value.price) == ("price_changed", Money(500, "USD"))
        offer = client.offer_second_chance(
            bidding, SELLER, bidder("ada"), "key-1", price=shown[bidder("ada")]
        )
        assert (offer.price, offer.status, offer.bidder) == (
            Money(500, "USD"),
            "open",
            bidder("ada"),
        )
        assert client.offer(offer.url) == offer
        with pytest.raises(BidRefused) as refused:
            client.offer_second_chance(bidding, SELLER, bidder("ada"), "key-2")
        assert refused.value.reason == "already_offered"
        accepted = client.accept(offer, "key-3")
        assert (accepted.status, accepted.links.keys() & {"accept", "decline"}) == (
            "accepted",
            set(),
        )
        with pytest.raises(BidRefused) as refused:
            client.decline(offer, "key-4")
        assert refused.value.reason == "too_late"
        assert client.bidding_of(AUCTION).leader == bidder("bob")
    told = [("offers", type, f"{PUBLIC}/offers/1") for type in ("create", "update")]
    assert service.events() == [*before, *told]
    assert verify_stored(service.parts.database, AUCTION) == 6


def test_an_offer_that_nobody_answers_expires(service: Service) -> None:
    with service.client() as client:
        place(client, "ada", 500)
        place(client, "bob", 900)
        service.clock.now_ms = END_MS
        service.sweep()
        offer = client.offer_second_chance(
            client.bidding_of(AUCTION), SELLER, bidder("ada"), "key-1"
        )
        service.clock.now_ms = offer.expires_at_ms
        assert client.offer(offer.url).status == "expired"
        before = service.events()
        service.sweep()
        service.sweep()
        assert client.offer(offer.url).status == "expired"
    assert service.events() == [*before, ("offers", "update", offer.url)]
    verify_stored(service.parts.database, AUCTION)


@pytest.mark.parametrize("path", ["purchase", "retractions", "cancellation", "offers"])
@pytest.mark.parametrize("body", [{}, [], {"bidder": "x", "seller": "x"}, None])
def test_a_command_of_another_form_is_a_4xx(service: Service, path: str, body: Any) -> None:
    service.learn(AUCTION)
    answer = post(service, f"/biddings/1/{path}", body, "key-1")
    assert answer.status_code == 422
    body = {"bidder": bidder("ada"), "seller": SELLER}
    assert post(service, f"/biddings/7/{path}", body, "key-2").status_code in {404, 422}


def test_one_key_is_for_one_command(service: Service) -> None:
    service.auctions.at[AUCTION] = auction(buy_now=usd("9.00"))
    service.learn(AUCTION)
    body = {"bidder": bidder("ada")}
    assert post(service, "/biddings/1/purchase", body, "key-1").status_code == 200
    other = post(service, "/biddings/1/retractions", body, "key-1")
    assert (other.status_code, other.json["reason"]) == (422, "idempotency_key_reused")


def carry_out(service: Service) -> int:
    parts = service.parts
    return apply_accepted(parts.books)


def later(service: Service, name: str, amount: str, key: str, prefer: str) -> TestResponse:
    body = {"auction": AUCTION, "bidder": bidder(name), "maximum": usd(amount)}
    return post(service, "/bids", body, key, Prefer=prefer)


def test_a_command_can_be_answered_later_at_the_url_of_its_outcome(service: Service) -> None:
    answer = later(service, "ada", "5.00", "key-1", "respond-async")
    assert answer.status_code == 202
    assert answer.headers["Preference-Applied"] == "respond-async"
    path = answer.headers["Location"].removeprefix(PUBLIC)
    waiting = service.http().get(path)
    assert (waiting.json["status"], waiting.headers["Retry-After"]) == ("waiting", "1")
    assert later(service, "ada", "5.00", "key-1", "respond-async").headers == answer.headers
    running = later(service, "ada", "5.00", "key-1", "")
    assert (running.status_code, running.json["reason"]) == (409, "still_running")
    assert running.headers["Location"] == answer.headers["Location"]
    reused = later(service, "ada", "6.00", "key-1", "respond-async")
    assert (reused.status_code, reused.json["reason"]) == (422, "idempotency_key_reused")
    assert later(service, "ada", "1.00", "key-2", "wait=9, Respond-Async").status_code == 202
    assert carry_out(service) == 2
    assert carry_out(service) == 0
    done = service.http().get(path).json
    assert (done["status"], done["answer"]["status"]) == ("done", 201)
    assert done["answer"]["location"] == f"{PUBLIC}/bids/1"
    refused = service.http().get("/commands/2").json["answer"]
    assert (refused["status"], refused["body"]["reason"]) == (409, "below_minimum")
    assert later(service, "ada", "5.00", "key-1", "").json == done["answer"]["body"]
    assert later(service, "ada", "5.00", "key-1", "respond-async").status_code == 202
    stranger = {"Authorization": f"Bearer {WRITE}"}
    assert service.http().get(path, headers=stranger).status_code == 404
    verify_stored(service.parts.database, AUCTION)


@pytest.mark.parametrize("text", ["{", "", "[]", "7", '{"command": "Bribe"}', '{"command": "Bid"}'])
def test_a_command_that_can_not_be_read_holds_up_its_auction_only(
    service: Service, text: str
) -> None:
    other = AUCTION.removesuffix("1") + "2"
    service.auctions.at[other] = auction(other)
    for number, at in enumerate((AUCTION, AUCTION, other)):
        body = {"auction": at, "bidder": bidder("ada"), "maximum": usd(f"{5 + number}.00")}
        asked = post(service, "/bids", body, f"key-{number}", Prefer="respond-async")
        assert asked.status_code == 202
    update = sql("UPDATE waiting_commands SET text = :text WHERE id = 1")
    with service.parts.database.writing() as transaction:
        transaction.execute(update, {"text": text})
    assert carry_out(service) == 1
    assert carry_out(service) == 0
    said = [service.http().get(f"/commands/{n}").json["status"] for n in (1, 2, 3)]
    assert said == ["waiting", "waiting", "done"]


def test_a_key_that_was_answered_at_once_has_that_answer_later_too(service: Service) -> None:
    first = later(service, "ada", "5.00", "key-1", "")
    again = later(service, "ada", "5.00", "key-1", "respond-async")
    assert (again.status_code, again.data) == (201, first.data)


def test_every_kind_of_command_can_wait(service: Service) -> None:
    service.auctions.at[AUCTION] = auction(buy_now=usd("9.00"))
    service.learn(AUCTION)
    by_ada, by_seller = {"bidder": bidder("ada")}, {"seller": SELLER}
    commands = [
        ("/biddings/1/retractions", by_ada, 409),
        ("/biddings/1/cancellation", by_seller, 200),
        ("/biddings/1/purchase", by_ada, 409),
        ("/biddings/1/offers", by_ada | by_seller, 409),
    ]
    for number, (path, body, _) in enumerate(commands):
        answer = post(service, path, body, f"key-{number}", Prefer="respond-async")
        assert answer.status_code == 202
    assert carry_out(service) == len(commands)
    statuses = [
        service.http().get(f"/commands/{number}").json["answer"]["status"]
        for number in range(1, len(commands) + 1)
    ]
    assert statuses == [status for _, _, status in commands]
