"""A bidder takes bids back (docs/bidding.md B13, B17)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bids_service.engine.bidding import Bidding, Lead, PlacedBid, versioned
from bids_service.engine.decision import (
    Accepted,
    BiddingEvent,
    Decision,
    Kind,
    Reason,
    Refused,
    changes,
)
from bids_service.engine.eligibility import why_not_open
from bids_service.engine.lead import lead_of

HOUR_MS = 3_600_000
LAST_HOURS_MS = 12 * HOUR_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Retract:
    bidder: str


def retract(
    bidding: Bidding, history: Sequence[PlacedBid], command: Retract, now_ms: int
) -> Decision:
    """Take bids out of the history (oldest first, all that still count) and replay what remains.

    The end stays where a retracted bid moved it: others have relied on it.
    """
    reason = why_not_open(bidding, now_ms)
    if reason not in {None, Reason.FROZEN}:
        return Refused(reason)
    own = [bid for bid in history if bid.bidder == command.bidder]
    if not own:
        return Refused(Reason.NO_BID)
    gone = retractable(bidding, own, now_ms)
    if not gone:
        return Refused(Reason.TOO_LATE)
    remaining = [bid for bid in history if bid.sequence not in gone]
    after = _without(bidding, lead_of(bidding.terms, remaining), remaining)
    events = (BiddingEvent(Kind.BID_RETRACTED, command.bidder), *changes(bidding, after))
    return Accepted(bidding=versioned(bidding, after), events=events, retracted=gone)


def retractable(bidding: Bidding, own: Sequence[PlacedBid], now_ms: int) -> frozenset[int]:
    """The sequence numbers that may go: all with more than 12 h left, else the newest for 1 h.

    Left 12 h 1 s → all; 12 h, placed 1 h ago → the newest; 12 h, placed 1 h 1 s ago → none. While
    it is frozen all may go at any time.
    """
    if bidding.is_frozen:
        return frozenset(bid.sequence for bid in own)
    going = own if bidding.ends_at_ms - now_ms > LAST_HOURS_MS else own[-1:]
    return frozenset(
        bid.sequence
        for bid in going
        if retractable_at(bidding.ends_at_ms, bid.placed_at_ms, now_ms)
    )


def retractable_at(ends_at_ms: int, placed_at_ms: int, now_ms: int) -> bool:
    """Whether the bid can go while the bidding is open, if it is its bidder's newest."""
    if now_ms >= ends_at_ms:
        return False
    return ends_at_ms - now_ms > LAST_HOURS_MS or now_ms - placed_at_ms <= HOUR_MS


def _without(bidding: Bidding, lead: Lead | None, remaining: Sequence[PlacedBid]) -> Bidding:
    return replace(
        bidding,
        lead=lead,
        bid_count=sum(bid.is_public for bid in remaining),
    )
