"""Bids, biddings and offers, as bids_service shows them."""

from bus_drain.fetch import Entity

from mailer_service.entities.fields import link, optional_link
from mailer_service.errors import BadEntity
from mailer_service.model.entities import Bid, Bidding, Offer


def bid_from(entity: Entity) -> Bid:
    """One bid."""
    return Bid(
        url=entity.url,
        outcome=entity.one_of("outcome", "leading", "outbid", "raised"),
        price=entity.money("price"),
        auction_url=link(entity, "auction"),
        seller_url=link(entity, "seller"),
        outbid_url=optional_link(entity, "outbid"),
    )


def bidding_from(entity: Entity) -> Bidding:
    """The bid book of one auction."""
    bidding = Bidding(
        url=entity.url,
        status=entity.one_of("status", "scheduled", "open", "frozen", "closed"),
        outcome=entity.one_of("outcome", "sold", "unsold", None),
        price=entity.optional_money("price"),
        is_reserve_missed=entity.get("reserve") == "not_met",
        is_bought_at_once=_is_bought_at_once(entity),
        auction_url=link(entity, "auction"),
        seller_url=link(entity, "seller"),
        leader_url=optional_link(entity, "leader"),
        bids_url=optional_link(entity, "bids"),
    )
    if not _is_consistent(bidding):
        raise BadEntity("closed without an outcome, or sold to nobody")
    return bidding


def offer_from(entity: Entity) -> Offer:
    """A second chance."""
    return Offer(
        url=entity.url,
        status=entity.one_of("status", "open", "accepted", "declined", "expired"),
        price=entity.money("price"),
        expires_at_ms=entity.time_ms("expires_at_ms"),
        auction_url=link(entity, "auction"),
        bidder_url=link(entity, "bidder"),
    )


def bidders_on(page: Entity) -> list[str]:
    """Whose bids are on a page of bids."""
    return [link(bid, "bidder") for bid in page.collection("bids")]


def _is_bought_at_once(bidding: Entity) -> bool:
    """Only buy-now sells before the end (docs/bidding.md B10, B16, B17)."""
    closed_at_ms, ends_at_ms = bidding.get("closed_at_ms"), bidding.get("ends_at_ms")
    known = isinstance(closed_at_ms, int) and isinstance(ends_at_ms, int)
    return bidding.get("outcome") == "sold" and known and closed_at_ms < ends_at_ms


def _is_consistent(bidding: Bidding) -> bool:
    # Otherwise nobody would be told of the end, and nobody of that.
    if bidding.status == "closed" and bidding.outcome is None:
        return False
    return bidding.outcome != "sold" or (
        bidding.leader_url is not None and bidding.price is not None
    )
