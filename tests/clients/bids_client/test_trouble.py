"""What a bidder is told when what answers is no bids service, or none that is well."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from bids_client import BidsClient, BidsUnavailable, CallRefused
from responses import RequestsMock
from service_kit.money import Money

BIDS = "https://bids.example"
ROOT = {"_links": {"place-bid": {"href": f"{BIDS}/bids"}}}
MAXIMUM = Money.parse({"amount": "100.00", "currency": "EUR"})


@pytest.fixture
def service() -> Iterator[RequestsMock]:
    with RequestsMock() as mocked:
        mocked.get(f"{BIDS}/", json=ROOT)
        yield mocked


@pytest.fixture
def client() -> Iterator[BidsClient]:
    with BidsClient(BIDS, "token-of-the-auctions", pause=lambda _seconds: None) as client:
        yield client


def place(client: BidsClient) -> Any:
    return client.place("https://a.example/auctions/1", "https://a.example/people/1", MAXIMUM, "k")


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_bid_is_sent_again_with_its_key_before_nobody_knows_what_became_of_it(
    service: RequestsMock, client: BidsClient, status: int
) -> None:
    service.post(f"{BIDS}/bids", status=status, body="<h1>sorry</h1>")

    with pytest.raises(BidsUnavailable):
        place(client)

    keys = [call.request.headers["Idempotency-Key"] for call in list(service.calls)[1:]]
    assert len(keys) > 1
    assert len(set(keys)) == 1


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirect_takes_neither_bid_nor_token_elsewhere(
    service: RequestsMock, client: BidsClient, status: int
) -> None:
    service.post(f"{BIDS}/bids", status=status, headers={"Location": "https://evil.example/"})

    with pytest.raises(BidsUnavailable):
        place(client)

    assert {call.request.url for call in service.calls} == {f"{BIDS}/", f"{BIDS}/bids"}


@pytest.mark.parametrize("status", [400, 401, 403, 415])
def test_a_no_without_a_problem_document_is_a_no(
    service: RequestsMock, client: BidsClient, status: int
) -> None:
    service.post(f"{BIDS}/bids", status=status, body="<h1>a proxy's page</h1>")

    with pytest.raises(CallRefused) as refused:
        place(client)

    assert refused.value.status == status
    assert len(service.calls) == 2


@pytest.mark.parametrize("body", ["", "<h1>log in</h1>", "{", "[]", "[" * 10_000, '{"bid": 5}'])
def test_a_200_that_is_no_answer_leaves_it_unknown(
    service: RequestsMock, client: BidsClient, body: str
) -> None:
    service.post(f"{BIDS}/bids", status=200, body=body)

    with pytest.raises(BidsUnavailable):
        place(client)


@pytest.mark.parametrize("broken", [requests.ConnectionError("away"), requests.ReadTimeout("slow")])
def test_no_answer_leaves_it_unknown(
    service: RequestsMock, client: BidsClient, broken: requests.RequestException
) -> None:
    service.post(f"{BIDS}/bids", body=broken)

    with pytest.raises(BidsUnavailable):
        place(client)
