"""Auctions that don't exist, played by the rules of those that do."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.bids_service.service import Service, usd

END_MS = 1_000
TERMS = {
    "currency": "USD",
    "start_price": usd("1.00"),
    "increments": [[0, 10]],
    "starts_at_ms": 0,
    "ends_at_ms": END_MS,
}


@pytest.fixture
def http(service: Service) -> FlaskClient:
    return service.http()


def bid(at_ms: int, bidder: str, amount: str) -> dict[str, Any]:
    return {"at_ms": at_ms, "do": "place-bid", "bidder": bidder, "maximum": usd(amount)}


def simulated(http: FlaskClient, *steps: dict[str, Any], **terms: Any) -> list[dict[str, Any]]:
    url = http.get("/").json["_links"]["simulate"]["href"]
    answer = http.post(url, json={"terms": TERMS | terms, "steps": list(steps)})
    assert answer.status_code == 200, answer.json
    played: list[dict[str, Any]] = answer.json["_embedded"]["steps"]
    return played


def test_the_price_climbs_as_in_a_real_auction(http: FlaskClient) -> None:
    first, second = simulated(http, bid(1, "Ada", "5.00"), bid(2, "Bo", "3.00"))
    assert (first["leader"], first["price"]) == ("Ada", usd("1.00"))
    assert (second["leader"], second["price"]) == ("Ada", usd("3.10"))
    assert second["minimum"] == usd("3.20")
    assert second["happened"] == [
        {"kind": "bid.accepted", "about": None},
        {"kind": "price.changed", "about": None},
        {"kind": "bidder.outbid", "about": "Bo"},
    ]


def test_a_reserve_that_is_met_lifts_the_price_to_it(http: FlaskClient) -> None:
    below, meets = simulated(http, bid(1, "Ada", "2.00"), bid(2, "Bo", "5.00"), reserve=usd("4.00"))
    assert (below["reserve"], below["price"]) == ("not_met", usd("1.00"))
    assert (meets["reserve"], meets["price"]) == ("met", usd("4.00"))


def test_a_late_bid_moves_the_end_and_the_close_waits_for_it(http: FlaskClient) -> None:
    late, too_early, closed = simulated(
        http,
        bid(990, "Ada", "2.00"),
        {"at_ms": END_MS, "do": "close"},
        {"at_ms": 1_090, "do": "close"},
        soft_close={"window_ms": 100, "extension_ms": 100},
    )
    assert late["ends_at_ms"] == 1_090
    assert (too_early["accepted"], too_early["reason"]) == (False, "not_due")
    assert (closed["outcome"], closed["minimum"]) == ("sold", None)


def test_everything_that_can_be_done_to_a_bidding_can_be_played(http: FlaskClient) -> None:
    def did(at_ms: int, do: str, bidder: str) -> dict[str, Any]:
        return {"at_ms": at_ms, "do": do, "bidder": bidder}

    steps = [bid(1, "Ada", "2.00"), did(2, "retract", "Ada"), did(3, "buy-now", "Bo")]
    assert [step["accepted"] for step in simulated(http, *steps)] == [True, True, False]
    assert simulated(http, did(1, "buy-now", "Bo"), buy_now=usd("9.00"))[0]["outcome"] == "sold"
    offered = simulated(
        http,
        bid(1, "Ada", "2.00"),
        bid(2, "Bo", "3.00"),
        {"at_ms": 3, "do": "cancel"},
        did(4, "offer", "Ada"),
    )
    assert (offered[2]["outcome"], offered[3]["offer"]) == ("unsold", usd("2.00"))


def test_nothing_of_it_is_stored_or_told(service: Service) -> None:
    simulated(service.http(), bid(1, "Ada", "5.00"))
    assert service.events() == []


@pytest.mark.parametrize(
    "terms",
    [
        {"ends_at_ms": 0},
        {"start_price": {"amount": "1.00", "currency": "EUR"}},
        {"increments": []},
        {"increments": [[0, 10], [5, 1]]},
        {"currency": "XXX"},
        {"soft_close": {"window_ms": 0, "extension_ms": 5}},
    ],
)
def test_terms_that_contradict_themselves_are_refused(
    http: FlaskClient, terms: dict[str, Any]
) -> None:
    answer = http.post("/simulations", json={"terms": TERMS | terms, "steps": [bid(1, "A", "1")]})
    assert (answer.status_code, answer.json["reason"]) == (422, "bad_terms")


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [bid(2, "Ada", "1.00"), bid(1, "Bo", "2.00")],
        [{"at_ms": 1, "do": "place-bid", "bidder": "Ada"}],
        [{"at_ms": 1, "do": "buy-now"}],
        [{"at_ms": 1, "do": "dance"}],
        [{"at_ms": 1, "do": "close"}] * 201,
    ],
)
def test_steps_that_nobody_can_take_are_refused(
    http: FlaskClient, steps: list[dict[str, Any]]
) -> None:
    assert http.post("/simulations", json={"terms": TERMS, "steps": steps}).status_code == 422


def test_a_token_is_needed(service: Service) -> None:
    steps = {"terms": TERMS, "steps": [bid(1, "Ada", "1.00")]}
    assert service.app.test_client().post("/simulations", json=steps).status_code == 401
