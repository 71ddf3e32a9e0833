"""After the close the seller offers the item to a bidder who lost (rule 14)."""

from collections.abc import Sequence
from dataclasses import dataclass

from bids_service.engine.bidding import Bidding, Outcome, PlacedBid
from bids_service.engine.decision import Accepted, Decision, Happening, Kind, Reason, Refused

OFFER_DAYS_MS = 60 * 24 * 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondChance:
    """`seller` offers to the bidder `to`."""

    seller: str
    to: str


def offer_second_chance(
    bidding: Bidding, history: Sequence[PlacedBid], command: SecondChance, now_ms: int
) -> Decision:
    """Offer at that bidder's own highest bid, up to 60 days after the close; no state changes."""
    reason = _why_refused(bidding, command, now_ms)
    if reason is not None:
        return Refused(reason)
    maxima = [bid.maximum for bid in history if bid.bidder == command.to]
    if not maxima:
        return Refused(Reason.NO_BID)
    offer = Happening(Kind.SECOND_CHANCE_OFFERED, command.to, max(maxima))
    return Accepted(bidding=bidding, happenings=(offer,))


def _why_refused(bidding: Bidding, command: SecondChance, now_ms: int) -> Reason | None:
    if command.seller != bidding.terms.seller:
        return Reason.NOT_SELLER
    if bidding.closed_at_ms is None:
        return Reason.NOT_CLOSED
    if now_ms - bidding.closed_at_ms > OFFER_DAYS_MS:
        return Reason.TOO_LATE
    won = bidding.outcome is Outcome.SOLD and bidding.leader == command.to
    return Reason.WINNER if won else None
