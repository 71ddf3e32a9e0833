"""Placing bids: what is sent, what comes back, and what is tried again."""

from typing import Any

import pytest
from bids_client import (
    BidRefused,
    BidsUnavailable,
    CallRefused,
    Money,
    NotFound,
    PlacedBid,
)

from tests.clients.bids_client.service import ADA, AUCTION, BID, BIDDING, TOKEN, FakeBids, usd

ORDER = "POST /somewhere/order"
TAKEN = (201, BID | {"_embedded": {"bidding": BIDDING}})
FIVE = Money(500, "USD")


def place(bids: FakeBids, pauses: list[float] | None = None) -> PlacedBid:
    with bids.client(pauses) as client:
        return client.place(AUCTION, ADA, FIVE, "key-1")


def test_a_bid_goes_where_the_root_links_to_with_key_and_token() -> None:
    bids = FakeBids()
    bids.answers[ORDER] = TAKEN
    placed = place(bids)
    call = bids.calls[-1]
    assert (call.method, call.path) == ("POST", "/somewhere/order")
    assert call.headers["HTTP_IDEMPOTENCY_KEY"] == "key-1"
    assert call.headers["HTTP_AUTHORIZATION"] == f"Bearer {TOKEN}"
    assert call.body == {"auction": AUCTION, "bidder": ADA, "maximum": usd("5.00")}
    assert (placed.outcome, placed.price) == ("leading", Money(250, "USD"))
    assert placed.bidding.minimum == Money(275, "USD")
    assert placed.outbid is None


def test_the_root_is_asked_once() -> None:
    bids = FakeBids()
    bids.answers[ORDER] = TAKEN
    with bids.client() as client:
        client.place(AUCTION, ADA, FIVE, "key-1")
        client.place(AUCTION, ADA, FIVE, "key-2")
    assert [call.method for call in bids.calls] == ["GET", "POST", "POST"]


@pytest.mark.parametrize(
    ("status", "problem", "error"),
    [
        (409, {"title": "Too low", "reason": "below_minimum", "minimum": usd("9.00")}, BidRefused),
        (409, {"title": "What?", "reason": "not_an_amount"}, BidRefused),
        (422, {"title": "Used", "reason": "idempotency_key_reused"}, CallRefused),
        (404, {"title": "No such auction", "reason": "unknown_auction"}, NotFound),
        (401, {"title": "Who are you"}, CallRefused),
        (403, {}, CallRefused),
    ],
)
def test_a_no_is_raised_with_its_problem_and_not_tried_again(
    status: int, problem: dict[str, Any], error: type[BidRefused | CallRefused | NotFound]
) -> None:
    bids = FakeBids()
    bids.answers[ORDER] = (status, problem)
    with pytest.raises(error) as raised:
        place(bids)
    assert raised.value.problem == problem
    assert raised.value.status == status
    assert raised.value.reason == problem.get("reason", "")
    assert len(bids.calls) == 2


def test_a_refusal_below_the_minimum_carries_the_minimum() -> None:
    bids = FakeBids()
    bids.answers[ORDER] = (409, {"reason": "below_minimum", "minimum": usd("9.00")})
    with pytest.raises(BidRefused) as raised:
        place(bids)
    assert raised.value.minimum == Money(900, "USD")
    bids.answers[ORDER] = (409, {"reason": "ended"})
    with pytest.raises(BidRefused) as raised:
        place(bids)
    assert raised.value.minimum is None


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_without_a_usable_answer_the_same_key_is_sent_again(status: int) -> None:
    bids, pauses = FakeBids(), list[float]()
    bids.answers[ORDER] = [(status, {}), (status, b"<html>"), TAKEN]
    assert place(bids, pauses).sequence == 2
    keys = [call.headers["HTTP_IDEMPOTENCY_KEY"] for call in bids.calls if call.method == "POST"]
    assert keys == ["key-1"] * 3
    assert len(pauses) == 2
    assert all(0 < pause_s < 1 for pause_s in pauses)


def test_after_three_attempts_it_gives_up() -> None:
    bids = FakeBids()
    bids.answers[ORDER] = (503, {})
    with pytest.raises(BidsUnavailable):
        place(bids)
    assert [call.method for call in bids.calls].count("POST") == 3


def test_it_waits_as_long_as_it_is_asked_to_but_not_beyond_its_time() -> None:
    bids, pauses = FakeBids(), list[float]()
    bids.answers[ORDER] = [(503, {}, ("Retry-After", "2")), (503, {}, ("Retry-After", "3600"))]
    with pytest.raises(BidsUnavailable) as raised:
        place(bids, pauses)
    assert pauses == [2]
    assert raised.value.retry_after_s == 3600


def test_a_service_that_is_not_there_is_unavailable() -> None:
    from bids_client import BidsClient

    from tests.sockets import free_port

    pauses: list[float] = []
    url = f"http://127.0.0.1:{free_port()}"
    with BidsClient(url, TOKEN, pause=pauses.append) as client, pytest.raises(BidsUnavailable):
        client.place(AUCTION, ADA, FIVE, "key-1")
    assert len(pauses) == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>",
        [],
        {},
        BID,
        BID | {"_embedded": None},
        BID | {"_embedded": {"bidding": BIDDING}, "price": None},
        BID | {"_embedded": {"bidding": BIDDING}, "_links": []},
    ],
)
def test_an_answer_that_is_not_understood_is_no_answer(answer: Any) -> None:
    bids = FakeBids()
    bids.answers[ORDER] = (201, answer)
    with pytest.raises(BidsUnavailable):
        place(bids)


def test_a_link_that_leads_elsewhere_is_not_followed() -> None:
    bids = FakeBids()
    elsewhere = {"_links": {"place-bid": {"href": "http://evil.test/order"}}}
    bids.answers["GET /somewhere/"] = (200, elsewhere)
    with pytest.raises(BidsUnavailable):
        place(bids)
    assert {call.path for call in bids.calls} == {"/somewhere/"}


def test_no_text_form_of_an_error_shows_the_maximum() -> None:
    bids = FakeBids()
    bids.answers[ORDER] = (503, {})
    with bids.client() as client, pytest.raises(BidsUnavailable) as raised:
        client.place(AUCTION, ADA, Money(765_432, "USD"), "key-1")
    assert "7654" not in f"{raised.value!r}{raised.value.__cause__!r}"
