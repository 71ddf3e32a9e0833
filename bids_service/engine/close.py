"""A bidding ends (docs/bidding.md B16, B17): on time, or early as the seller calls it off."""

from dataclasses import dataclass, replace

from bids_service.engine.bidding import Bidding, Outcome, versioned
from bids_service.engine.decision import Accepted, BiddingEvent, Decision, Kind, Reason, Refused
from bids_service.engine.eligibility import due_at_ms, is_over


@dataclass(frozen=True, slots=True)
class Close:
    """The closer runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """`seller` calls the auction off; with `only_without_bids` a single bid forbids it."""

    seller: str
    only_without_bids: bool = False


def close(bidding: Bidding, now_ms: int) -> Decision:
    """Close once the end has come, or it has been frozen for too long: that sells nothing.

    Repeating it changes nothing and tells of nothing.
    """
    if bidding.is_closed:
        return Accepted(bidding=bidding)
    if now_ms < due_at_ms(bidding):
        return Refused(Reason.NOT_DUE)
    return closed(bidding, _outcome(bidding), now_ms)


def cancel(bidding: Bidding, command: Cancel, now_ms: int) -> Decision:
    """Close without a sale. Only the seller may, and only before the end: then somebody may win."""
    if command.seller != bidding.terms.seller:
        return Refused(Reason.NOT_SELLER)
    if bidding.outcome is Outcome.CANCELLED:
        return Accepted(bidding=bidding)
    if is_over(bidding, now_ms):
        return Refused(Reason.ENDED)
    if bidding.is_frozen:
        return Refused(Reason.FROZEN)
    if command.only_without_bids and bidding.lead is not None:
        return Refused(Reason.HAS_BIDS)
    return closed(bidding, Outcome.CANCELLED, now_ms)


def _outcome(bidding: Bidding) -> Outcome:
    if bidding.is_frozen:
        return Outcome.CANCELLED
    if bidding.lead is None:
        return Outcome.NO_BIDS
    if bidding.terms.reserve is not None and not bidding.lead.reserve_met:
        return Outcome.RESERVE_NOT_MET
    return Outcome.SOLD


def closed(bidding: Bidding, outcome: Outcome, now_ms: int) -> Decision:
    """The bidding ends now with an outcome, whatever it was before."""
    # Buy-now isn't "removed" by an end: the whole auction is over, which is said once.
    after = replace(
        bidding,
        outcome=outcome,
        closed_at_ms=now_ms,
        buy_now_available=False,
        frozen_at_ms=None,
    )
    return Accepted(bidding=versioned(bidding, after), events=(BiddingEvent(Kind.CLOSED, outcome),))
