"""Looking at biddings and bids."""

from typing import Any

import pytest
from bids_client import BidsUnavailable, Money, NotFound

from tests.clients.bids_client.service import ADA, AUCTION, BID, BIDDING, URL, FakeBids, links, usd

FIND = "GET /somewhere/find?auction=http%3A%2F%2Fauctions.test%2Fauctions%2F1"
MINE = "GET /somewhere/mine?bidder=http%3A%2F%2Fauctions.test%2Fcustomers%2Fada"


def test_a_bidding_is_found_by_following_the_template_and_the_redirect() -> None:
    bids = FakeBids()
    bids.answers[FIND] = (303, b"", ("Location", f"{URL}/a"))
    bids.answers["GET /somewhere/a"] = (200, BIDDING)
    with bids.client() as client:
        bidding = client.bidding_of(AUCTION)
    assert (bidding.url, bidding.auction, bidding.leader) == (f"{URL}/a", AUCTION, ADA)
    assert (bidding.start_price, bidding.price) == (Money(100, "USD"), Money(250, "USD"))
    assert (bidding.status, bidding.version) == ("open", 3)


def test_an_auction_without_a_bidding_is_not_found() -> None:
    with FakeBids().client() as client, pytest.raises(NotFound):
        client.bidding_of(AUCTION)


def test_before_the_first_bid_there_is_no_price_and_no_leader() -> None:
    fresh: dict[str, Any] = BIDDING | {"price": None}
    del fresh["minimum"]
    fresh["_links"] = {rel: to for rel, to in fresh["_links"].items() if rel != "leader"}
    bids = FakeBids()
    bids.answers["GET /somewhere/a"] = (200, fresh)
    with bids.client() as client:
        bidding = client.bidding(f"{URL}/a")
    assert (bidding.price, bidding.leader, bidding.minimum) == (None, None, None)


def page(*sequences: int, next_url: str | None = None, **extra: Any) -> tuple[int, Any]:
    items = [BID | {"sequence": sequence} | extra for sequence in sequences]
    own = links(next=next_url) if next_url else {}
    return 200, {"_links": own, "_embedded": {"bids": items}}


def test_pages_are_followed_and_fetched_when_needed() -> None:
    bids = FakeBids()
    bids.answers["GET /somewhere/a"] = (200, BIDDING)
    bids.answers["GET /somewhere/a/list"] = page(3, 2, next_url=f"{URL}/more")
    bids.answers["GET /somewhere/more"] = page(1)
    with bids.client() as client:
        found = client.bids(client.bidding(f"{URL}/a"))
        assert next(found).sequence == 3
        assert "/somewhere/more" not in {call.path for call in bids.calls}
        assert [bid.sequence for bid in found] == [2, 1]


def test_own_bids_have_their_maxima_but_not_in_their_text_form() -> None:
    bids = FakeBids()
    bids.answers[MINE] = page(1, maximum=usd("76.54"))
    with bids.client() as client:
        own = list(client.bids_of(ADA))
    assert own[0].maximum == Money(7654, "USD")
    assert "7654" not in repr(own)


def test_a_bid_is_read_at_its_url() -> None:
    bids = FakeBids()
    overtook = BID | {"_links": BID["_links"] | links(outbid="http://b/bob")}  # type: ignore[operator]
    bids.answers["GET /somewhere/b"] = (200, overtook)
    with bids.client() as client:
        assert client.bid(f"{URL}/b").outbid == "http://b/bob"


def test_reads_are_not_tried_again() -> None:
    bids = FakeBids()
    bids.answers["GET /somewhere/b"] = (503, {})
    with bids.client() as client, pytest.raises(BidsUnavailable):
        client.bid(f"{URL}/b")
    assert len(bids.calls) == 1


@pytest.mark.parametrize("answer", [b"", [], {}, {"_embedded": None}, {"_embedded": {"bids": [1]}}])
def test_a_page_that_is_not_understood_is_no_answer(answer: Any) -> None:
    bids = FakeBids()
    bids.answers[MINE] = (200, answer)
    with bids.client() as client, pytest.raises(BidsUnavailable):
        list(client.bids_of(ADA))


def test_a_service_without_the_link_is_no_service() -> None:
    bids = FakeBids()
    bids.answers["GET /somewhere/"] = (200, {"_links": {}})
    with bids.client() as client:
        with pytest.raises(BidsUnavailable, match="bidding"):
            client.bidding_of(AUCTION)
        with pytest.raises(BidsUnavailable, match="bids"):
            list(client.bids_of(ADA))
        with pytest.raises(BidsUnavailable, match="place-bid"):
            client.place(AUCTION, ADA, Money(1, "USD"), "key-1")
