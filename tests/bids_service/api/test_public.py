"""What everybody may see without a token."""

from typing import Any

import pytest
from bids_client import BidsClient, Money
from flask.testing import FlaskClient

from bids_service.api import biddings as biddings_api
from tests.bids_service.decisions import retract
from tests.bids_service.service import AUCTION, AUCTIONS, END_MS, PUBLIC, Service, auction, bidder


def place(client: BidsClient, name: str, minor: int, url: str = AUCTION) -> None:
    client.place(url, bidder(name), Money(minor, "USD"), f"{url}-{name}-{minor}")


def shown(http: FlaskClient, path: str) -> Any:
    answer = http.get(path)
    assert answer.status_code == 200, answer.text
    assert "/customers/" not in answer.text.replace("/customers/seller", "")
    return answer.json


def test_the_public_sees_masks_and_nothing_that_commands(service: Service) -> None:
    with service.client() as client:
        place(client, "ada", 500)
        place(client, "bob", 900)
        bidding = client.bidding_of(AUCTION)
        bids = list(client.bids(bidding))
    public = service.app.test_client()
    document = shown(public, "/biddings/1")
    assert document["masked_leader"] == bidding.masked_leader == bids[0].masked_bidder
    assert set(document["_links"]) == {"self", "auction", "seller", "bids"}
    listed = shown(public, "/biddings/1/bids")["_embedded"]["bids"]
    assert [bid["masked_bidder"] for bid in listed] == [bid.masked_bidder for bid in bids]
    assert [bid["receipt"] for bid in listed] == [bid.receipt for bid in bids]
    assert all("sequence" not in bid and set(bid["_links"]) == {"bidding"} for bid in listed)


def test_a_mask_is_stable_within_one_auction_and_another_in_the_next(service: Service) -> None:
    other = f"{AUCTIONS}/auctions/2"
    service.auctions.at[other] = auction(other)
    with service.client() as client:
        place(client, "ada", 500)
        place(client, "bob", 400)
        place(client, "ada", 600)
        place(client, "bob", 590)
        place(client, "ada", 500, other)
    public = service.app.test_client()
    here = [bid["masked_bidder"] for bid in shown(public, "/biddings/1/bids")["_embedded"]["bids"]]
    there = [bid["masked_bidder"] for bid in shown(public, "/biddings/2/bids")["_embedded"]["bids"]]
    assert len(set(here)) == 2
    assert not set(here) & set(there)


def test_what_the_public_and_what_a_token_sees_is_cached_apart(service: Service) -> None:
    with service.client() as client:
        place(client, "ada", 500)
    public, named = service.app.test_client(), service.http()
    for path in ("/biddings/1", "/biddings/1/bids"):
        seen, known = public.get(path), named.get(path)
        assert seen.headers["ETag"] != known.headers["ETag"]
        assert "Authorization" in seen.headers["Vary"]
        assert "private" in known.headers["Cache-Control"]
        again = public.get(path, headers={"If-None-Match": seen.headers["ETag"]})
        assert again.status_code == 304


def test_pages_tell_nothing_of_silent_raises(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(biddings_api, "PAGE", 1)
    with service.client() as client:
        place(client, "ada", 500)
        before = service.app.test_client().get("/biddings/1")
        place(client, "ada", 700)
        place(client, "ada", 900)
        after = service.app.test_client().get("/biddings/1")
        assert before.json == after.json
        assert before.headers["ETag"] == after.headers["ETag"]
        place(client, "bob", 400)
    public = service.app.test_client()
    first = shown(public, "/biddings/1/bids")
    following = first["_links"]["next"]["href"]
    second = shown(public, following.removeprefix(PUBLIC))
    prices = [page["_embedded"]["bids"][0]["price"]["amount"] for page in (first, second)]
    assert prices == ["4.10", "1.00"]
    assert "next" not in second["_links"]


def test_the_history_is_public_once_the_bidding_is_closed(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(biddings_api, "HISTORY_PAGE", 2)
    with service.client() as client:
        place(client, "ada", 500)
        place(client, "ada", 700)
        place(client, "bob", 600)
    retract(service, bidder("bob"))
    public = service.app.test_client()
    early = public.get("/biddings/1/history")
    assert (early.status_code, early.json["reason"]) == (409, "not_closed")
    service.clock.now_ms = END_MS
    service.sweep()
    assert shown(public, "/biddings/1")["_links"]["history"]["href"].endswith("/biddings/1/history")
    path, commands = "/biddings/1/history", []
    while path:
        page = shown(public, path)
        commands += [one["entry"]["command"] for one in page["_embedded"]["entries"]]
        path = page["_links"].get("next", {}).get("href", "").removeprefix(PUBLIC)
    assert commands == ["open", "bid", "bid", "bid", "retract", "close"]
    whole = public.get("/biddings/1/history")
    assert "immutable" in whole.headers["Cache-Control"]
    assert (
        public.get(
            "/biddings/1/history", headers={"If-None-Match": whole.headers["ETag"]}
        ).status_code
        == 304
    )
