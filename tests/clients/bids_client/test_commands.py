"""Everything but bids: sent where a link leads, and only where one does."""

from collections.abc import Callable
from typing import Any

import pytest
from bids_client import Bidding, BidRefused, BidsClient, BidsUnavailable, Money, NotPossible

from tests.clients.bids_client.service import (
    ADA,
    AUCTION,
    BID,
    BIDDING,
    ROOT,
    TOKEN,
    URL,
    FakeBids,
    links,
    usd,
)

SELLER = "http://s"
COMMANDS = links(
    buy_now=f"{URL}/buy", retract=f"{URL}/back", cancel=f"{URL}/off", offer=f"{URL}/again"
)
OFFER: dict[str, Any] = {
    "price": usd("2.00"),
    "status": "open",
    "expires_at_ms": 9,
    "_links": links(
        self=f"{URL}/o",
        bidding=f"{URL}/a",
        auction=AUCTION,
        seller=SELLER,
        bidder=ADA,
        accept=f"{URL}/o/yes",
        decline=f"{URL}/o/no",
    ),
}
OPEN = BIDDING | {"buy_now": usd("9.00"), "_links": BIDDING["_links"] | COMMANDS}  # type: ignore[operator]
Act = Callable[[BidsClient, Bidding], Any]


def fake() -> FakeBids:
    bids = FakeBids()
    bids.answers["GET /somewhere/a"] = (200, OPEN)
    return bids


@pytest.mark.parametrize(
    ("act", "path", "body"),
    [
        (lambda it, of: it.buy_now(of, ADA, "key-1"), "/somewhere/buy", {"bidder": ADA}),
        (lambda it, of: it.retract(of, ADA, "key-1"), "/somewhere/back", {"bidder": ADA}),
        (lambda it, of: it.cancel(of, SELLER, "key-1"), "/somewhere/off", {"seller": SELLER}),
        (
            lambda it, of: it.cancel(of, SELLER, "key-1", only_without_bids=True),
            "/somewhere/off",
            {"seller": SELLER, "only_without_bids": True},
        ),
    ],
)
def test_a_command_goes_where_the_bidding_links_to(act: Act, path: str, body: Any) -> None:
    bids = fake()
    bids.answers[f"POST {path}"] = [(503, {}), (200, BIDDING)]
    with bids.client() as client:
        bidding = client.bidding(f"{URL}/a")
        after = act(client, bidding)
    assert (after.url, after.buy_now) == (f"{URL}/a", None)
    assert bidding.buy_now == Money(900, "USD")
    calls = [call for call in bids.calls if call.method == "POST"]
    assert [(call.path, call.body) for call in calls] == [(path, body)] * 2
    assert {call.headers["HTTP_IDEMPOTENCY_KEY"] for call in calls} == {"key-1"}


@pytest.mark.parametrize(
    "act",
    [
        lambda it, of: it.buy_now(of, ADA, "key-1"),
        lambda it, of: it.retract(of, ADA, "key-1"),
        lambda it, of: it.cancel(of, SELLER, "key-1"),
        lambda it, of: it.offer_second_chance(of, SELLER, ADA, "key-1"),
    ],
)
def test_without_a_link_nothing_is_sent(act: Act) -> None:
    bids = fake()
    bids.answers["GET /somewhere/a"] = (200, BIDDING)
    with bids.client() as client:
        bidding = client.bidding(f"{URL}/a")
        assert not bidding.can("buy-now")
        with pytest.raises(NotPossible):
            act(client, bidding)
    assert [call.method for call in bids.calls] == ["GET"]


def test_a_second_chance_is_offered_and_answered_by_its_links() -> None:
    bids = fake()
    bids.answers["POST /somewhere/again"] = (201, OFFER)
    bids.answers["GET /somewhere/o"] = (200, OFFER)
    over = OFFER | {"status": "accepted", "_links": dict(OFFER["_links"])}
    del over["_links"]["accept"], over["_links"]["decline"]
    bids.answers["POST /somewhere/o/yes"] = (200, over)
    bids.answers["POST /somewhere/o/no"] = (409, {"title": "Late", "reason": "too_late"})
    with bids.client() as client:
        bidding = client.bidding(f"{URL}/a")
        offer = client.offer_second_chance(bidding, SELLER, ADA, "key-1")
        assert client.offer(offer.url) == offer
        assert (offer.price, offer.bidder, offer.status) == (Money(200, "USD"), ADA, "open")
        accepted = client.accept(offer, "key-2")
        assert accepted.status == "accepted"
        with pytest.raises(NotPossible):
            client.accept(accepted, "key-3")
        with pytest.raises(BidRefused, match="Late"):
            client.decline(offer, "key-4")


def test_a_bid_can_be_answered_later() -> None:
    bids = fake()
    bids.answers["POST /somewhere/order"] = (202, b"", ("Location", f"{URL}/c"))
    waiting = {"status": "waiting", "accepted_at_ms": 1, "_links": links(self=f"{URL}/c")}
    taken = {"status": 201, "location": f"{URL}/b", "body": BID}
    refused = {"status": 409, "location": None, "body": {"reason": "ended"}}
    bids.answers["GET /somewhere/c"] = [
        (200, waiting),
        (200, waiting | {"status": "done", "answer": taken}),
        (200, waiting | {"status": "done", "answer": refused}),
    ]
    with bids.client() as client:
        url = client.place_later(AUCTION, ADA, Money(500, "USD"), "key-1")
        assert not client.outcome(url).is_done
        assert client.outcome(url).bid == f"{URL}/b"
        outcome = client.outcome(url)
    assert (outcome.is_done, outcome.bid, outcome.reason) == (True, None, "ended")
    assert bids.calls[1].headers["HTTP_PREFER"] == "respond-async"


@pytest.mark.parametrize("answer", [{}, [], {"_links": {}}, OFFER | {"price": None}])
def test_an_offer_that_is_not_understood_is_no_answer(answer: Any) -> None:
    bids = fake()
    bids.answers["GET /somewhere/o"] = (200, answer)
    with bids.client() as client, pytest.raises(BidsUnavailable):
        client.offer(f"{URL}/o")


def sold_at(url: str) -> dict[str, Any]:
    """A bidding that can be bought at once, by a link to somewhere."""
    bidding: dict[str, Any] = dict(BIDDING)
    bidding["_links"] = bidding["_links"] | links(buy_now=url)
    return bidding


def test_commands_may_have_a_port_of_their_own_which_the_root_names() -> None:
    bids = FakeBids()
    root = {"_links": ROOT["_links"] | links(place_bid="http://bids.test:81/order")}
    bids.answers["GET /somewhere/"] = (200, root)
    bids.answers["GET /somewhere/a"] = (200, sold_at("http://bids.test:81/buy"))
    bids.answers["POST /buy"] = (200, BIDDING)
    with bids.client() as client:
        client.buy_now(client.bidding(f"{URL}/a"), ADA, "key")
    assert bids.calls[-1].headers["HTTP_AUTHORIZATION"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("elsewhere", ["http://evil.test/buy", "http://bids.test:99/buy"])
def test_a_host_or_port_that_the_root_does_not_name_is_sent_nothing(elsewhere: str) -> None:
    bids = FakeBids()
    bids.answers["GET /somewhere/a"] = (200, sold_at(elsewhere))
    with bids.client() as client, pytest.raises(BidsUnavailable):
        client.buy_now(client.bidding(f"{URL}/a"), ADA, "key")
    assert [call.path for call in bids.calls if call.method == "POST"] == []
