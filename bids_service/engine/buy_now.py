"""A bidder buys at once at the seller's buy-now price (docs/bidding.md B10)."""

from dataclasses import dataclass, replace

from bids_service.engine.bidding import Bidding, Lead, Outcome, versioned
from bids_service.engine.decision import Accepted, BiddingEvent, Decision, Kind, Reason, Refused
from bids_service.engine.eligibility import why_not_admitted


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyNow:
    bidder: str


def buy_now(bidding: Bidding, command: BuyNow, now_ms: int) -> Decision:
    """Sell at the buy-now price and close, if buy-now is still there."""
    reason = why_not_admitted(bidding, command.bidder, now_ms)
    if reason is not None:
        return Refused(reason)
    price = bidding.terms.buy_now
    if price is None or not bidding.buy_now_available:
        return Refused(Reason.NOT_AVAILABLE)
    sold = replace(
        bidding,
        lead=Lead(
            bidder=command.bidder,
            maximum=price,
            price=price,
            reserve_met=bidding.terms.reserve is not None,
        ),
        buy_now_available=False,
        outcome=Outcome.SOLD,
        closed_at_ms=now_ms,
    )
    events = (BiddingEvent(Kind.BUY_NOW_PURCHASED), BiddingEvent(Kind.CLOSED, Outcome.SOLD))
    return Accepted(bidding=versioned(bidding, sold), events=events)
