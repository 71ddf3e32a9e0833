"""Rows as the model's objects and back."""

from functools import lru_cache
from typing import Any

import msgspec

from bids_service.engine.bidding import Bidding, Lead, Outcome, PlacedBid, Standing
from bids_service.engine.terms import Terms
from bids_service.model import KeptBid, KeptBidding


def terms_text(terms: Terms) -> str:
    """The terms as JSON."""
    return msgspec.json.encode(terms).decode()


@lru_cache(maxsize=4096)
def terms_from(text: str) -> Terms:
    """The terms back. They never change, so a hot auction's are decoded once."""
    return msgspec.json.decode(text, type=Terms)


def bidding_from(row: Any) -> KeptBidding:
    """A row of `biddings`."""
    bidding = Bidding(
        terms=terms_from(row.terms),
        ends_at_ms=row.ends_at_ms,
        lead=_lead_from(row) if row.leader is not None else None,
        buy_now_available=row.buy_now_available,
        bid_count=row.bid_count,
        sequence=row.sequence,
        version=row.version,
        outcome=Outcome(row.outcome) if row.outcome is not None else None,
        closed_at_ms=row.closed_at_ms,
    )
    return KeptBidding(id=row.id, auction=row.auction, bidding=bidding)


def bidding_columns(bidding: Bidding) -> dict[str, Any]:
    """The columns that a command may change."""
    lead = bidding.lead
    return {
        "ends_at_ms": bidding.ends_at_ms,
        "leader": lead.bidder if lead else None,
        "leader_maximum": lead.maximum if lead else None,
        "runner_up_maximum": lead.runner_up_maximum if lead else None,
        "price": lead.price if lead else None,
        "reserve_met": bidding.reserve_met,
        "buy_now_available": bidding.buy_now_available,
        "bid_count": bidding.bid_count,
        "sequence": bidding.sequence,
        "version": bidding.version,
        "outcome": bidding.outcome,
        "closed_at_ms": bidding.closed_at_ms,
    }


def placed_from(row: Any) -> PlacedBid:
    """A row of `bids`, without its auction."""
    return PlacedBid(
        sequence=row.sequence,
        bidder=row.bidder,
        maximum=row.maximum,
        placed_at_ms=row.placed_at_ms,
        standing=Standing(row.standing),
        price=row.price,
        outbid=row.outbid,
    )


def bid_columns(bidding_id: int, bid: PlacedBid) -> dict[str, Any]:
    """What is kept of a bid."""
    return {
        "bidding_id": bidding_id,
        "sequence": bid.sequence,
        "bidder": bid.bidder,
        "maximum": bid.maximum,
        "placed_at_ms": bid.placed_at_ms,
        "standing": bid.standing,
        "price": bid.price,
        "outbid": bid.outbid,
    }


def bid_from(row: Any) -> KeptBid:
    """A row of `bids` joined with `auction` and `terms` of its bidding."""
    terms = terms_from(row.terms)
    return kept_bid(row.id, row.bidding_id, row.auction, terms, placed_from(row))


def kept_bid(bid_id: int, bidding_id: int, auction: str, terms: Terms, bid: PlacedBid) -> KeptBid:
    """A bid under the id it is kept by."""
    return KeptBid(
        id=bid_id,
        bidding_id=bidding_id,
        auction=auction,
        seller=terms.seller,
        currency=terms.currency,
        bid=bid,
    )


def _lead_from(row: Any) -> Lead:
    return Lead(
        bidder=row.leader,
        maximum=row.leader_maximum,
        runner_up_maximum=row.runner_up_maximum,
        price=row.price,
        reserve_met=row.reserve_met,
    )
