"""What the house decides about a bidding, whatever its parties want (docs/bidding.md B17, B18)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bids_service.engine.bidding import Bidding, Outcome, PlacedBid, versioned
from bids_service.engine.close import closed
from bids_service.engine.decision import (
    Accepted,
    BiddingEvent,
    Decision,
    Kind,
    Reason,
    Refused,
    changes,
)
from bids_service.engine.eligibility import is_over
from bids_service.engine.lead import lead_of


@dataclass(frozen=True, slots=True)
class Freeze:
    """Nothing can be bid or bought, and the end does not come, until the house resumes it."""


@dataclass(frozen=True, slots=True)
class Resume:
    """It goes on, with the time that it was frozen given back."""


@dataclass(frozen=True, slots=True)
class End:
    """The house ends it: nothing is sold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """The house takes back all that `bidder` bid, and takes no more from that bidder."""

    bidder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unbar:
    """`bidder` may bid again; what was taken back stays so."""

    bidder: str


def freeze(bidding: Bidding, now_ms: int) -> Decision:
    """Stop it where it stands. Repeating it changes nothing."""
    if bidding.is_frozen:
        return Accepted(bidding=bidding)
    if is_over(bidding, now_ms):
        return Refused(Reason.ENDED)
    frozen = replace(bidding, frozen_at_ms=now_ms)
    return Accepted(bidding=versioned(bidding, frozen), events=(BiddingEvent(Kind.FROZEN),))


def resume(bidding: Bidding, now_ms: int) -> Decision:
    """Let it go on: its end, and its hard end, come later by the time that bidders lost."""
    if is_over(bidding, now_ms):
        return Refused(Reason.ENDED)
    if bidding.frozen_at_ms is None:
        return Accepted(bidding=bidding)
    lost_ms = time_lost_ms(bidding.frozen_at_ms, bidding.terms.starts_at_ms, now_ms)
    after = replace(
        bidding,
        frozen_at_ms=None,
        ends_at_ms=bidding.ends_at_ms + lost_ms,
        given_back_ms=bidding.given_back_ms + lost_ms,
    )
    events = (BiddingEvent(Kind.RESUMED), *changes(bidding, after))
    return Accepted(bidding=versioned(bidding, after), events=events)


def time_lost_ms(frozen_at_ms: int, starts_at_ms: int, now_ms: int) -> int:
    """How much of the time for bidding a freeze took.

    Start 100, frozen at 50 until: 80 → 0, 130 → 30. Frozen at 120 until 130 → 10.
    """
    return max(0, now_ms - max(frozen_at_ms, starts_at_ms))


def end(bidding: Bidding, now_ms: int) -> Decision:
    """Close without a sale, whoever has bid. Repeating it changes nothing."""
    if bidding.outcome is Outcome.CANCELLED:
        return Accepted(bidding=bidding)
    if is_over(bidding, now_ms):
        return Refused(Reason.ENDED)
    return closed(bidding, Outcome.CANCELLED, now_ms)


def bar(bidding: Bidding, history: Sequence[PlacedBid], command: Bar, now_ms: int) -> Decision:
    """Take the bidder's bids out of the history (oldest first, all that still count) and replay
    what remains. The end stays where one of them moved it, as with a retraction."""
    if is_over(bidding, now_ms):
        return Refused(Reason.ENDED)
    gone = frozenset(bid.sequence for bid in history if bid.bidder == command.bidder)
    if command.bidder in bidding.barred and not gone:
        return Accepted(bidding=bidding)
    remaining = [bid for bid in history if bid.sequence not in gone]
    after = replace(
        bidding,
        lead=lead_of(bidding.terms, remaining) if gone else bidding.lead,
        bid_count=sum(bid.is_public for bid in remaining),
        barred=bidding.barred | {command.bidder},
    )
    events = (BiddingEvent(Kind.BIDDER_BARRED, command.bidder), *changes(bidding, after))
    return Accepted(bidding=versioned(bidding, after), events=events, retracted=gone)


def unbar(bidding: Bidding, command: Unbar, now_ms: int) -> Decision:
    """Take bids of that bidder again. Repeating it changes nothing."""
    if is_over(bidding, now_ms):
        return Refused(Reason.ENDED)
    if command.bidder not in bidding.barred:
        return Accepted(bidding=bidding)
    after = replace(bidding, barred=bidding.barred - {command.bidder})
    return Accepted(bidding=after, events=(BiddingEvent(Kind.BIDDER_UNBARRED, command.bidder),))
