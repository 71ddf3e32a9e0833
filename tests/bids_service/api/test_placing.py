"""Placing bids: `POST /bids`."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.bids_service.service import (
    AUCTION,
    AUCTIONS,
    END_MS,
    PUBLIC,
    SELLER,
    START_MS,
    Service,
    auction,
    bidder,
    usd,
)

BAD_URLS = ["http://a b", "http://a/\u00e4", "http://a/\n", "http://a/" + "x" * 1024]


def body(name: str = "ada", amount: str = "5.00", **changes: Any) -> dict[str, Any]:
    return {"auction": AUCTION, "bidder": bidder(name), "maximum": usd(amount)} | changes


def post(service: Service, wanted: Any, key: str | None = "key-1") -> TestResponse:
    headers = {} if key is None else {"Idempotency-Key": key}
    return service.http().post("/bids", json=wanted, headers=headers)


def test_a_bid_is_answered_with_itself_and_the_bidding(service: Service) -> None:
    answer = post(service, body())
    assert answer.status_code == 201
    assert answer.content_type == "application/hal+json"
    assert answer.headers["Location"] == f"{PUBLIC}/bids/1"
    masked = answer.json["masked_bidder"]
    assert answer.json == {
        "outcome": "leading",
        "price": usd("1.00"),
        "placed_at_ms": service.clock.now_ms,
        "sequence": 1,
        "masked_bidder": masked,
        "receipt": answer.json["receipt"],
        "_links": {
            "self": {"href": f"{PUBLIC}/bids/1"},
            "bidding": {"href": f"{PUBLIC}/biddings/1"},
            "auction": {"href": AUCTION},
            "seller": {"href": SELLER},
            "bidder": {"href": bidder("ada")},
        },
        "_embedded": {
            "bidding": {
                "status": "open",
                "outcome": None,
                "currency": "USD",
                "start_price": usd("1.00"),
                "price": usd("1.00"),
                "masked_leader": masked,
                "minimum": usd("1.10"),
                "bid_count": 1,
                "reserve": "none",
                "starts_at_ms": START_MS,
                "ends_at_ms": END_MS,
                "closed_at_ms": None,
                "frozen_at_ms": None,
                "version": 2,
                "server_time_ms": service.clock.now_ms,
                "_links": {
                    "self": {"href": f"{PUBLIC}/biddings/1"},
                    "auction": {"href": AUCTION},
                    "seller": {"href": SELLER},
                    "leader": {"href": bidder("ada")},
                    "bids": {"href": f"{PUBLIC}/biddings/1/bids"},
                    "place-bid": {"href": f"{PUBLIC}/bids"},
                    "retract": {"href": f"{PUBLIC}/biddings/1/retractions"},
                    "cancel": {"href": f"{PUBLIC}/biddings/1/cancellation"},
                    "freeze": {"href": f"{PUBLIC}/biddings/1/freeze"},
                    "end": {"href": f"{PUBLIC}/biddings/1/end"},
                    "bar": {"href": f"{PUBLIC}/biddings/1/bars"},
                    "unbar": {"href": f"{PUBLIC}/biddings/1/unbars"},
                },
            }
        },
    }


def test_the_bid_and_its_announcements_are_written_together(service: Service) -> None:
    post(service, body("ada", "5.00"), "key-1")
    post(service, body("bob", "6.00"), "key-2")
    assert service.events() == [
        ("biddings", "create", f"{PUBLIC}/biddings/1"),
        ("bids", "create", f"{PUBLIC}/bids/1"),
        ("biddings", "update", f"{PUBLIC}/biddings/1"),
        ("bids", "create", f"{PUBLIC}/bids/2"),
        ("biddings", "update", f"{PUBLIC}/biddings/1"),
    ]


def test_a_silent_raise_announces_the_bid_and_no_bidding(service: Service) -> None:
    post(service, body("ada", "5.00"), "key-1")
    before = service.events()
    answer = post(service, body("ada", "9.00"), "key-2")
    assert answer.json["outcome"] == "raised"
    assert answer.json["_embedded"]["bidding"]["version"] == 2
    assert service.events()[len(before) :] == [("bids", "create", f"{PUBLIC}/bids/2")]


def test_a_bid_links_to_whom_it_left_outbid(service: Service) -> None:
    post(service, body("ada", "5.00"), "key-1")
    overtook = post(service, body("bob", "6.00"), "key-2").json
    fell_short = post(service, body("cleo", "5.90"), "key-3").json
    assert (overtook["outcome"], overtook["price"]) == ("leading", usd("5.10"))
    assert overtook["_links"]["outbid"]["href"] == bidder("ada")
    assert (fell_short["outcome"], fell_short["price"]) == ("outbid", usd("6.00"))
    assert fell_short["_links"]["outbid"]["href"] == bidder("cleo")


def test_the_same_key_and_body_get_the_same_answer(service: Service) -> None:
    first = post(service, body())
    service.clock.now_ms += 60_000
    again = post(service, body())
    assert (again.status_code, again.data) == (first.status_code, first.data)
    assert again.headers["Location"] == first.headers["Location"]
    assert len(service.events()) == 3


def test_the_same_key_with_another_body_is_422(service: Service) -> None:
    post(service, body())
    for other in (body("bob"), body(amount="6.00"), body(auction=f"{AUCTIONS}/auctions/2")):
        answer = post(service, other)
        assert (answer.status_code, answer.json["reason"]) == (422, "idempotency_key_reused")
    assert len(service.events()) == 3


def test_a_refusal_keeps_its_answer_too(service: Service) -> None:
    low = post(service, body(amount="0.99"))
    assert (low.status_code, low.json["reason"]) == (409, "below_minimum")
    assert post(service, body(amount="0.99")).data == low.data


def test_two_clients_may_use_the_same_key(service: Service) -> None:
    post(service, body("ada", "5.00"))
    writer = {"Authorization": "Bearer token-that-may-only-write", "Idempotency-Key": "key-1"}
    answer = service.http().post("/bids", json=body("bob", "6.00"), headers=writer)
    assert (answer.status_code, answer.json["sequence"]) == (201, 2)


@pytest.mark.parametrize("key", [None, "", "a b", "ä", "k" * 256])
def test_without_a_usable_key_it_is_400_and_no_bid(service: Service, key: str | None) -> None:
    answer = post(service, body(), key)
    assert answer.status_code == 400
    assert service.events() == []


def test_below_the_minimum_the_minimum_is_told(service: Service) -> None:
    post(service, body("ada", "5.00"), "key-1")
    answer = post(service, body("bob", "1.09"), "key-2")
    assert answer.status_code == 409
    assert answer.content_type == "application/problem+json"
    assert answer.json["reason"] == "below_minimum"
    assert answer.json["minimum"] == usd("1.10")


@pytest.mark.parametrize(
    ("changes", "now_ms", "reason"),
    [
        ({}, END_MS, "ended"),
        ({}, START_MS - 1, "not_started"),
        ({"bidder": SELLER}, START_MS, "seller"),
        ({"bidder": bidder("rogue")}, START_MS, "blocked"),
        ({"maximum": {"amount": "5.00", "currency": "EUR"}}, START_MS, "wrong_currency"),
    ],
)
def test_a_refusal_is_409_with_its_reason(
    service: Service, changes: dict[str, Any], now_ms: int, reason: str
) -> None:
    service.auctions.at[AUCTION] = auction(blocked=[bidder("rogue")])
    service.clock.now_ms = now_ms
    answer = post(service, body(**changes))
    assert (answer.status_code, answer.json["reason"]) == (409, reason)
    assert service.events() == [("biddings", "create", f"{PUBLIC}/biddings/1")]


def test_not_higher_than_the_own_maximum_is_409(service: Service) -> None:
    post(service, body("ada", "5.00"), "key-1")
    answer = post(service, body("ada", "5.00"), "key-2")
    assert (answer.status_code, answer.json["reason"]) == (409, "not_higher_than_own_maximum")


@pytest.mark.parametrize(
    "maximum",
    [
        None,
        5,
        "5.00",
        [],
        {},
        {"amount": 5, "currency": "USD"},
        {"amount": "5.001", "currency": "USD"},
        {"amount": "-5.00", "currency": "USD"},
        {"amount": "0.00", "currency": "USD"},
        {"amount": "1e3", "currency": "USD"},
        {"amount": "5.00", "currency": "usd"},
        {"amount": "5.00", "currency": None},
        {"amount": "9999999999999999", "currency": "USD"},
    ],
)
def test_what_is_no_amount_is_refused_with_its_reason(service: Service, maximum: Any) -> None:
    answer = post(service, body(maximum=maximum))
    assert (answer.status_code, answer.json["reason"]) == (409, "not_an_amount")


@pytest.mark.parametrize("field", ["auction", "bidder"])
@pytest.mark.parametrize("url", [None, 5, "", "x", "ftp://a/b", "http://", *BAD_URLS])
def test_what_is_no_url_is_422(service: Service, field: str, url: Any) -> None:
    answer = post(service, body(**{field: url}))
    assert answer.status_code == 422
    assert service.events() == []


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"null", 422),
        (b"[]", 422),
        (b'"text"', 422),
        (b"7", 422),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"auction": NaN}', 400),
        (b'{"auction": "\\ud800"}', 400),
        (b"[" * 100_000, 400),
        (b" " * (2 * 1024 * 1024), 413),
    ],
)
@pytest.mark.parametrize("content_type", ["application/json", "text/plain", ""])
def test_a_bad_body_is_a_4xx_problem(
    service: Service, data: bytes, status: int, content_type: str
) -> None:
    headers = {"Idempotency-Key": "key-1", "Content-Type": content_type}
    answer = service.http().post("/bids", data=data, headers=headers)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert service.events() == []


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", ""])
def test_no_body_is_422_whatever_its_type(service: Service, content_type: str) -> None:
    headers = {"Idempotency-Key": "key-1", "Content-Type": content_type}
    answer = service.http().post("/bids", headers=headers)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert service.events() == []


@pytest.mark.parametrize(
    ("found", "status"),
    [
        (404, 404),
        (410, 404),
        (500, 503),
        (503, 503),
        (401, 503),
        (auction(f"{AUCTIONS}/auctions/other"), 404),
        ({"title": "no terms"}, 404),
        (auction(currency="XXX"), 404),
        (auction(increments=[]), 404),
        (auction(start_price=usd("1.001")), 404),
        (auction(start_price={"amount": "1.00", "currency": "EUR"}), 404),
        (auction(ends_at_ms=START_MS), 404),
        (auction(ends_at_ms="soon"), 404),
    ],
)
def test_an_auction_that_cannot_be_learned_is_404_or_503(
    service: Service, found: dict[str, Any] | int, status: int
) -> None:
    service.auctions.at[AUCTION] = found
    answer = post(service, body())
    assert answer.status_code == status
    assert answer.json.get("reason") == ("unknown_auction" if status == 404 else None)
    assert ("Retry-After" in answer.headers) == (status == 503)
    assert service.events() == []


def test_once_the_auction_can_be_learned_the_same_key_works(service: Service) -> None:
    service.auctions.at[AUCTION] = 503
    assert post(service, body()).status_code == 503
    service.auctions.at[AUCTION] = auction()
    assert post(service, body()).status_code == 201


def test_auctions_of_strangers_are_not_fetched(service: Service) -> None:
    answer = post(service, body(auction="http://elsewhere.test/auctions/1"))
    assert (answer.status_code, answer.json["reason"]) == (404, "unknown_auction")
    assert service.auctions.asked == []


def test_the_terms_are_fetched_once_and_with_the_services_own_token(service: Service) -> None:
    post(service, body("ada", "5.00"), "key-1")
    post(service, body("bob", "6.00"), "key-2")
    assert service.auctions.asked == [AUCTION]
    assert service.auctions.tokens == {"Bearer a-token-of-the-auctions"}


def test_a_reserve_shows_only_as_met_or_not(service: Service) -> None:
    service.auctions.at[AUCTION] = auction(reserve=usd("7.77"))
    below = post(service, body("ada", "5.00"), "key-1")
    assert below.json["_embedded"]["bidding"]["reserve"] == "not_met"
    assert "7.77" not in below.text
    met = post(service, body("bob", "20.00"), "key-2").json["_embedded"]["bidding"]
    assert (met["reserve"], met["price"]) == ("met", usd("7.77"))


def test_a_late_bid_extends_a_soft_close(service: Service) -> None:
    minute_ms = 60_000
    soft_close = {"window_ms": 5 * minute_ms, "extension_ms": 5 * minute_ms}
    hard_end_ms = END_MS + 2 * minute_ms
    service.auctions.at[AUCTION] = auction(soft_close=soft_close, hard_end_at_ms=hard_end_ms)
    service.clock.now_ms = END_MS - 4 * minute_ms
    first = post(service, body("ada", "5.00"), "key-1").json["_embedded"]["bidding"]
    service.clock.now_ms = END_MS + minute_ms // 2
    second = post(service, body("bob", "6.00"), "key-2").json["_embedded"]["bidding"]
    assert (first["ends_at_ms"], second["ends_at_ms"]) == (END_MS + minute_ms, hard_end_ms)
