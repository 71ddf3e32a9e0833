"""From the bids service's documents to what they say."""

from typing import Any

from service_kit.hal import Resource

from bids_client.entities import Bid, Bidding, Offer, Outcome, OwnBid, PlacedBid, ShownPrice
from bids_client.errors import BidsUnavailable


class Document(Resource):
    """A HAL document of the service. Reading it raises BidsUnavailable if it isn't as promised."""

    malformed = BidsUnavailable
    no_link = BidsUnavailable


def bidding_from(document: Document) -> Bidding:
    """A bidding from its representation."""
    return Bidding(
        url=document.link("self"),
        auction=document.link("auction"),
        seller=document.link("seller"),
        leader=document.optional_link("leader"),
        bids_url=document.link("bids"),
        start_price=document.money("start_price"),
        price=document.optional_money("price"),
        minimum=document.optional_money("minimum"),
        buy_now=document.optional_money("buy_now"),
        masked_leader=document.get("masked_leader"),
        frozen_at_ms=document.get("frozen_at_ms"),
        links=document.targets(),
        **document.values(*_BIDDING_STATE),
    )


def bid_from(document: Document) -> Bid:
    """A bid from its representation."""
    return Bid(**_bid(document))


def placed_bid_from(document: Document) -> PlacedBid:
    """The answer to placing a bid: the bidding is embedded."""
    for bidding in document.embedded("bidding"):
        return PlacedBid(**_bid(document), bidding=bidding_from(bidding))
    raise BidsUnavailable("the answer holds no bidding")


def own_bid_from(document: Document) -> OwnBid:
    """A bid with its maximum."""
    return OwnBid(
        **_bid(document),
        maximum=document.money("maximum"),
        salt=document.get("salt", ""),
        can_retract=document.offers("retract"),
    )


def offer_from(document: Document) -> Offer:
    """An offer from its representation."""
    return Offer(
        url=document.link("self"),
        price=document.money("price"),
        bidding_url=document.link("bidding"),
        auction=document.link("auction"),
        seller=document.link("seller"),
        bidder=document.link("bidder"),
        links=document.targets(),
        **document.values("status", "expires_at_ms"),
    )


def shown_price_from(document: Document) -> ShownPrice:
    """At what a bidder can be offered an item, from its representation."""
    return ShownPrice(bidder=document.link("bidder"), price=document.money("price"))


def outcome_from(document: Document) -> Outcome:
    """What became of a command, from its representation."""
    url = document.link("self")
    if document.text("status") != "done":
        return Outcome(url=url, is_done=False, bid=None, reason=None)
    answer = document.part("answer")
    if answer.integer("status") >= 400:
        return Outcome(url=url, is_done=True, bid=None, reason=answer.part("body").get("reason"))
    return Outcome(url=url, is_done=True, bid=answer.get("location"), reason=None)


def _bid(document: Document) -> dict[str, Any]:
    return {
        "url": document.link("self"),
        "bidding_url": document.link("bidding"),
        "auction": document.link("auction"),
        "seller": document.link("seller"),
        "bidder": document.link("bidder"),
        "outbid": document.optional_link("outbid"),
        "masked_bidder": document.get("masked_bidder", ""),
        "receipt": document.get("receipt", ""),
        "price": document.money("price"),
        **document.values("outcome", "placed_at_ms", "sequence"),
    }


_BIDDING_STATE = (
    "status",
    "outcome",
    "currency",
    "bid_count",
    "reserve",
    "starts_at_ms",
    "ends_at_ms",
    "closed_at_ms",
    "version",
    "server_time_ms",
)
