"""What the house commands over HTTP: docs/bidding.md B17, B18."""

import json

import pytest
from bids_client import Bidding, BidRefused, BidsClient, NotPossible
from service_kit.money import Money

from bids_service.verify_stored import verify_stored
from tests.bids_service.service import (
    AUCTION,
    END_MS,
    PUBLIC,
    READ,
    START_MS,
    Service,
    auction,
    bidder,
    usd,
)

HOUR_MS = 3_600_000
MONTH_MS = 30 * 24 * HOUR_MS
UPDATE = ("biddings", "update", f"{PUBLIC}/biddings/1")


def place(client: BidsClient, name: str, minor: int) -> Bidding:
    return client.place(AUCTION, bidder(name), Money(minor, "USD"), f"{name}-{minor}").bidding


def test_a_frozen_bidding_takes_no_bid_and_ends_later_by_the_time_it_was_frozen(
    service: Service,
) -> None:
    with service.client() as client:
        place(client, "ada", 500)
        frozen = client.decree(client.bidding_of(AUCTION), "freeze", "freeze-1")
        assert (frozen.status, frozen.frozen_at_ms) == ("frozen", service.clock.now_ms)
        assert (frozen.minimum, frozen.price) == (None, Money(100, "USD"))
        assert {"resume", "end", "retract"} <= frozen.links.keys()
        assert not {"place-bid", "buy-now", "cancel", "freeze"} & frozen.links.keys()
        with pytest.raises(BidRefused) as refused:
            place(client, "bob", 900)
        assert refused.value.reason == "frozen"
        service.clock.now_ms = END_MS + HOUR_MS
        service.sweep()
        again = client.bidding_of(AUCTION)
        assert again.status == "frozen"
        resumed = client.decree(again, "resume", "resume-1")
        assert (resumed.status, resumed.frozen_at_ms) == ("open", None)
        assert resumed.ends_at_ms == END_MS + (END_MS + HOUR_MS - (START_MS + 1000))
        service.clock.now_ms = resumed.ends_at_ms
        service.sweep()
        assert client.bidding_of(AUCTION).outcome == "sold"
    verify_stored(service.parts.database, AUCTION)


def test_what_is_frozen_for_a_month_is_ended_unsold_by_the_sweep(service: Service) -> None:
    with service.client() as client:
        place(client, "ada", 500)
        client.decree(client.bidding_of(AUCTION), "freeze", "freeze-1")
        service.clock.now_ms += MONTH_MS - 1
        service.sweep()
        assert client.bidding_of(AUCTION).status == "frozen"
        service.clock.now_ms += 1
        service.sweep()
        over = client.bidding_of(AUCTION)
        assert (over.status, over.outcome) == ("closed", "unsold")
    verify_stored(service.parts.database, AUCTION)


def test_a_barred_bidders_bids_are_gone_for_everybody_and_the_next_one_leads(
    service: Service,
) -> None:
    with service.client() as client:
        place(client, "ada", 500)
        place(client, "bob", 900)
        bidding = place(client, "cleo", 700)
        assert bidding.leader == bidder("bob")
        barred = client.decree(bidding, "bar", "bar-1", bidder=bidder("bob"))
        assert (barred.leader, barred.price) == (bidder("cleo"), Money(510, "USD"))
        assert [bid.bidder for bid in client.bids(barred)] == [bidder("cleo"), bidder("ada")]
        assert list(client.bids_of(bidder("bob"))) == []
        assert service.events()[-1] == UPDATE
        with pytest.raises(BidRefused) as refused:
            place(client, "bob", 1200)
        assert refused.value.reason == "barred"
        client.decree(barred, "unbar", "unbar-1", bidder=bidder("bob"))
        assert place(client, "bob", 1300).leader == bidder("bob")
    verify_stored(service.parts.database, AUCTION)


def test_the_public_history_tells_a_bar_without_an_amount_or_a_name(service: Service) -> None:
    with service.client() as client:
        place(client, "ada", 543_210)
        bidding = place(client, "bob", 987_654)
        client.decree(bidding, "bar", "bar-1", bidder=bidder("bob"))
        client.decree(bidding, "end", "end-1")
    text = service.app.test_client().get("/biddings/1/history").get_data(as_text=True)
    entries = [one["entry"] for one in json.loads(text)["_embedded"]["entries"]]
    assert [one["command"] for one in entries] == ["open", "bid", "bid", "bar", "end"]
    assert entries[3]["retracted"] == [2]
    assert entries[3]["by"] == entries[2]["by"]
    assert entries[4]["state"]["outcome"] == "cancelled"
    assert not [
        secret for secret in ("987654", "9876.54", "543210", bidder("bob")) if secret in text
    ]


def test_what_is_repeated_with_its_key_or_another_is_done_once(service: Service) -> None:
    with service.client() as client:
        bidding = place(client, "ada", 500)
        first = client.decree(bidding, "freeze", "key-1")
        before = service.events()
        assert client.decree(bidding, "freeze", "key-1") == first
        assert client.decree(bidding, "freeze", "key-2").version == first.version
        assert service.events() == before
        service.clock.now_ms += 1000
        resumed = client.decree(first, "resume", "key-3")
        service.clock.now_ms += 1000
        assert client.decree(first, "resume", "key-3") == resumed
        assert client.decree(first, "resume", "key-4").ends_at_ms == resumed.ends_at_ms
    verify_stored(service.parts.database, AUCTION)


def test_the_house_ends_what_has_bids_and_what_is_frozen(service: Service) -> None:
    with service.client() as client:
        bidding = place(client, "ada", 500)
        frozen = client.decree(bidding, "freeze", "key-1")
        ended = client.decree(frozen, "end", "key-2")
        assert (ended.status, ended.outcome, ended.frozen_at_ms) == ("closed", "unsold", None)
        with pytest.raises(BidRefused) as refused:
            client.decree(frozen, "resume", "key-3")
        assert refused.value.reason == "ended"
        with pytest.raises(NotPossible):
            client.decree(ended, "freeze", "key-4")


def test_a_bidder_may_leave_while_it_is_frozen(service: Service) -> None:
    service.auctions.at[AUCTION] = auction(buy_now=usd("9.00"))
    service.clock.now_ms = END_MS - 2 * HOUR_MS
    with service.client() as client:
        bidding = place(client, "ada", 500)
        service.clock.now_ms += HOUR_MS + 1
        assert [own.can_retract for own in client.bids_of(bidder("ada"))] == [False]
        frozen = client.decree(bidding, "freeze", "key-1")
        assert [own.can_retract for own in client.bids_of(bidder("ada"))] == [True]
        left = client.retract(frozen, bidder("ada"), "key-2")
        assert (left.leader, left.bid_count) == (None, 0)


@pytest.mark.parametrize("path", ["freeze", "resumption", "end", "bars", "unbars"])
def test_only_who_may_command_does_so_and_only_with_a_key_and_a_body(
    service: Service, path: str
) -> None:
    service.learn(AUCTION)
    http, url = service.http(), f"/biddings/1/{path}"
    body = {"bidder": bidder("ada")} if path in {"bars", "unbars"} else {}
    assert http.post(url, json=body).status_code == 400
    key = {"Idempotency-Key": "k"}
    assert http.post(url, json=[], headers=key).status_code in {400, 422}
    assert http.post(url, json=body | {"x": 1}, headers=key).status_code == 422
    reader = {"Authorization": f"Bearer {READ}"}
    assert http.post(url, json=body, headers=key | reader).status_code == 403
    assert http.post(f"/biddings/99/{path}", json=body, headers=key).status_code == 404


@pytest.mark.parametrize("wrong", ["ada", "", "ftp://x/1", 7, None])
def test_what_is_no_bidders_url_bars_nobody(service: Service, wrong: object) -> None:
    service.learn(AUCTION)
    answer = service.http().post(
        "/biddings/1/bars", json={"bidder": wrong}, headers={"Idempotency-Key": "k"}
    )
    assert answer.status_code == 422
