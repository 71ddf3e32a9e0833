"""Playing an auction that doesn't exist."""

import pytest
from bids_client import BidsUnavailable, CallRefused, Money, Step

from tests.clients.bids_client.service import ROOT, URL, FakeBids, usd

TERMS = {"currency": "USD"}
PLAYED = {
    "accepted": True,
    "reason": None,
    "happened": [{"kind": "bidder.outbid", "about": "Bo"}],
    "price": usd("3.00"),
    "leader": "Ada",
    "minimum": usd("3.10"),
    "buy_now": None,
    "reserve": "none",
    "bid_count": 2,
    "ends_at_ms": 5,
    "outcome": None,
}
STEP = Step(at_ms=1, do="place-bid", bidder="Ada", maximum=Money(500, "USD"))


def bids_answering(status: int, document: object) -> FakeBids:
    bids = FakeBids()
    root = {"_links": ROOT["_links"] | {"simulate": {"href": f"{URL}/what-if"}}}
    bids.answers["GET /somewhere/"] = (200, root)
    bids.answers["POST /somewhere/what-if"] = (status, document)
    return bids


def test_steps_are_sent_to_the_link_and_read_back() -> None:
    bids = bids_answering(200, {"_links": {}, "_embedded": {"steps": [PLAYED]}})
    with bids.client() as client:
        (played,) = client.simulate(TERMS, [STEP])
    assert bids.calls[-1].body == {
        "terms": TERMS,
        "steps": [{"at_ms": 1, "do": "place-bid", "bidder": "Ada", "maximum": usd("5.00")}],
    }
    assert (played.leader, played.price, played.buy_now) == ("Ada", Money(300, "USD"), None)
    assert played.happened == (("bidder.outbid", "Bo"),)


def test_a_maximum_is_not_in_a_steps_text_form() -> None:
    assert "500" not in repr(STEP)


def test_terms_that_contradict_themselves_are_the_callers_mistake() -> None:
    bids = bids_answering(422, {"title": "no", "reason": "bad_terms"})
    with bids.client() as client, pytest.raises(CallRefused) as refused:
        client.simulate(TERMS, [STEP])
    assert refused.value.reason == "bad_terms"


@pytest.mark.parametrize("document", [{}, {"_embedded": {"steps": [{}]}}])
def test_an_answer_that_is_not_understood_is_none(document: object) -> None:
    with bids_answering(200, document).client() as client, pytest.raises(BidsUnavailable):
        client.simulate(TERMS, [STEP])
