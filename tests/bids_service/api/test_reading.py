"""Looking at biddings and bids."""

from typing import Any

import pytest
from bids_client import BidsClient, Money
from flask.testing import FlaskClient
from service_kit.hal import MEDIA_TYPE
from werkzeug.http import parse_options_header

from bids_service.api import biddings as biddings_api
from bids_service.api import bids as bids_api
from bids_service.commands.import_auctions import create_bidding
from tests.bids_service.service import (
    AUCTION,
    AUCTIONS,
    END_MS,
    PUBLIC,
    READ,
    START_MS,
    WRITE,
    Service,
    auction,
    bidder,
    known_terms,
    usd,
)


def place(client: BidsClient, name: str, minor: int, url: str = AUCTION) -> None:
    client.place(url, bidder(name), Money(minor, "USD"), f"{url} {name} {minor}".replace(" ", "-"))


def shown(http: FlaskClient, path: str) -> Any:
    answer = http.get(path)
    assert answer.status_code == 200, answer.text
    assert parse_options_header(answer.content_type)[0] == MEDIA_TYPE
    return answer.json


def test_the_root_links_to_everything(service: Service) -> None:
    assert shown(service.http(), "/")["_links"] == {
        "self": {"href": f"{PUBLIC}/"},
        "bidding": {"href": f"{PUBLIC}/biddings{{?auction}}", "templated": True},
        "bids": {"href": f"{PUBLIC}/bids{{?bidder}}", "templated": True},
        "place-bid": {"href": f"{PUBLIC}/bids"},
        "simulate": {"href": f"{PUBLIC}/simulations"},
    }


def test_an_auctions_bidding_is_found_by_its_url(service: Service) -> None:
    missing = service.http().get("/biddings", query_string={"auction": AUCTION})
    assert (missing.status_code, missing.json["reason"]) == (404, "unknown_auction")
    create_bidding(service.parts.books, AUCTION, known_terms())
    found = service.http().get("/biddings", query_string={"auction": AUCTION})
    assert (found.status_code, found.headers["Location"]) == (303, f"{PUBLIC}/biddings/1")


@pytest.mark.parametrize(
    ("now_ms", "status", "open_for_bids"),
    [
        (START_MS - 1, "scheduled", False),
        (START_MS, "open", True),
        (END_MS - 1, "open", True),
        (END_MS, "open", False),
    ],
)
def test_minimum_and_place_bid_are_there_only_while_a_bid_is_possible(
    service: Service, now_ms: int, status: str, open_for_bids: bool
) -> None:
    create_bidding(service.parts.books, AUCTION, known_terms())
    service.clock.now_ms = now_ms
    bidding = shown(service.http(), "/biddings/1")
    assert bidding["status"] == status
    assert ("minimum" in bidding, "place-bid" in bidding["_links"]) == (open_for_bids,) * 2
    assert bidding["price"] is None
    assert "leader" not in bidding["_links"]


def test_after_the_close_the_outcome_is_there(service: Service) -> None:
    with service.client() as client:
        place(client, "ada", 500)
    service.clock.now_ms = END_MS
    service.sweep()
    bidding = shown(service.http(), "/biddings/1")
    assert (bidding["status"], bidding["outcome"]) == ("closed", "sold")
    assert bidding["closed_at_ms"] == END_MS
    assert bidding["_links"]["leader"]["href"] == bidder("ada")


def test_an_unchanged_bidding_is_304_and_a_changed_one_is_not(service: Service) -> None:
    http = service.http()
    with service.client() as client:
        place(client, "ada", 500)
        etag = http.get("/biddings/1").headers["ETag"]
        service.clock.now_ms += 1
        unchanged = http.get("/biddings/1", headers={"If-None-Match": etag})
        assert (unchanged.status_code, unchanged.data) == (304, b"")
        place(client, "ada", 900)
        raised = http.get("/biddings/1", headers={"If-None-Match": etag})
        assert raised.status_code == 304
        place(client, "bob", 600)
    changed = http.get("/biddings/1", headers={"If-None-Match": etag})
    assert (changed.status_code, changed.json["version"]) == (200, 3)
    service.clock.now_ms = END_MS
    ended = http.get("/biddings/1", headers={"If-None-Match": changed.headers["ETag"]})
    assert ended.status_code == 200


def test_bids_come_newest_first_in_pages_without_silent_raises(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(biddings_api, "PAGE", 2)
    with service.client() as client:
        for number in range(5):
            place(client, "ada" if number % 2 else "bob", 500 + 100 * number)
        place(client, "bob", 5000)
        bidding = client.bidding_of(AUCTION)
        assert bidding.bid_count == 5
        assert [bid.sequence for bid in client.bids(bidding)] == [5, 4, 3, 2, 1]
    first = shown(service.http(), "/biddings/1/bids")
    assert len(first["_embedded"]["bids"]) == 2
    assert first["_links"]["next"]["href"].startswith(f"{PUBLIC}/biddings/1/bids?")


def test_a_page_that_ends_with_the_last_bid_has_no_next(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(biddings_api, "PAGE", 2)
    with service.client() as client:
        place(client, "ada", 500)
        place(client, "bob", 600)
    assert "next" not in shown(service.http(), "/biddings/1/bids")["_links"]


def test_a_bidders_own_bids_show_the_maxima_over_all_auctions(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bids_api, "PAGE", 2)
    other = f"{AUCTIONS}/auctions/2"
    service.auctions.at[other] = auction(other)
    with service.client() as client:
        place(client, "ada", 500)
        place(client, "bob", 600)
        place(client, "ada", 700, other)
        place(client, "ada", 900)
        own = list(client.bids_of(bidder("ada")))
    assert [(bid.auction, bid.maximum.amount_minor) for bid in own] == [
        (AUCTION, 900),
        (other, 700),
        (AUCTION, 500),
    ]


def test_a_bid_says_what_it_said_when_it_was_taken(service: Service) -> None:
    with service.client() as client:
        placed = client.place(AUCTION, bidder("ada"), Money(500, "USD"), "key-1")
        place(client, "bob", 900)
        bid = client.bid(placed.url)
    assert (bid.outcome, bid.price, bid.sequence) == ("leading", Money(100, "USD"), 1)
    etag = service.http().get("/bids/1").headers["ETag"]
    assert service.http().get("/bids/1", headers={"If-None-Match": etag}).status_code == 304


def test_a_retracted_bid_is_in_no_list_but_stays_to_be_looked_at(service: Service) -> None:
    from tests.bids_service.decisions import retract

    with service.client() as client:
        placed = client.place(AUCTION, bidder("ada"), Money(500, "USD"), "key-1")
        place(client, "bob", 900)
        retract(service, bidder("ada"))
        bidding = client.bidding_of(AUCTION)
        assert [bid.bidder for bid in client.bids(bidding)] == [bidder("bob")]
        assert list(client.bids_of(bidder("ada"))) == []
        assert bidding.price == Money(100, "USD")
        assert client.bid(placed.url).sequence == 1


@pytest.mark.parametrize(
    "path",
    ["/biddings/7", "/bids/7", "/biddings/7/bids", f"/biddings/{10**30}", f"/bids/{2**63}", "/x"],
)
def test_what_is_not_there_is_404(service: Service, path: str) -> None:
    answer = service.http().get(path)
    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "/biddings",
        "/biddings?auction=",
        "/biddings?auction=%ff%fe",
        "/bids",
        "/bids?bidder=x",
        f"/bids?bidder={AUCTION}&before=0",
        f"/bids?bidder={AUCTION}&before=-1",
        f"/bids?bidder={AUCTION}&before=1.5",
        f"/bids?bidder={AUCTION}&before={2**63}",
        f"/bids?bidder={AUCTION}&before=",
    ],
)
def test_a_bad_query_is_422(service: Service, path: str) -> None:
    answer = service.http().get(path)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "token", "status"),
    [
        ("GET", "/", None, 401),
        ("GET", "/", "wrong-token-wrong-token", 401),
        ("GET", "/", WRITE, 200),
        ("GET", "/biddings/1", None, 200),
        ("GET", "/biddings/1", "wrong-token-wrong-token", 401),
        ("GET", "/biddings/1", WRITE, 200),
        ("GET", "/biddings/1", READ, 200),
        ("GET", "/biddings/1/bids", None, 200),
        ("GET", f"/biddings?auction={AUCTION}", None, 303),
        ("GET", "/biddings/1/history", None, 409),
        ("GET", "/offers/1", WRITE, 403),
        ("GET", "/offers/1", None, 401),
        ("GET", "/commands/1", READ, 403),
        ("POST", "/biddings/1/purchase", READ, 403),
        ("POST", "/biddings/1/retractions", None, 401),
        ("POST", "/biddings/1/cancellation", READ, 403),
        ("POST", "/biddings/1/offers", READ, 403),
        ("POST", "/offers/1/acceptance", READ, 403),
        ("POST", "/offers/1/refusal", None, 401),
        ("GET", "/bids/1", WRITE, 403),
        ("GET", f"/bids?bidder={AUCTION}", READ, 403),
        ("POST", "/bids", READ, 403),
        ("POST", "/bids", None, 401),
    ],
)
def test_a_token_may_do_what_its_scopes_say(
    service: Service, method: str, path: str, token: str | None, status: int
) -> None:
    create_bidding(service.parts.books, AUCTION, known_terms())
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    answer = service.app.test_client().open(path, method=method, headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize("path", ["/", "/biddings", "/biddings/1", "/biddings/1/bids", "/bids/1"])
def test_a_method_that_is_not_there_is_405_and_says_which_are(service: Service, path: str) -> None:
    answer = service.http().delete(path)
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_other_currencies_show_their_own_decimals(service: Service) -> None:
    for currency, amount in (("JPY", "100"), ("KWD", "1.000")):
        url = f"{AUCTIONS}/auctions/{currency}"
        start = {"amount": amount, "currency": currency}
        service.auctions.at[url] = auction(url, currency=currency, start_price=start)
        with service.client() as client:
            bid = client.place(url, bidder("ada"), Money(5000, currency), f"key-{currency}")
        assert bid.price.to_wire() == start
    assert usd("1.00") == Money(100, "USD").to_wire()


def test_health_tells_whether_the_database_is_ready(service: Service) -> None:
    http = service.app.test_client()
    assert http.get("/healthz").status_code == 200
    assert http.get("/readyz").json == {"database": "ok"}
