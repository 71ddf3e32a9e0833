"""Who may bid or buy at a moment (docs/bidding.md B11, B15, B17, B18)."""

from bids_service.engine.bidding import Bidding
from bids_service.engine.decision import Reason

LONGEST_FREEZE_MS = 30 * 24 * 3_600_000
"""Nobody's maximum is bound longer by a bidding that stands still (B17)."""


def is_over(bidding: Bidding, now_ms: int) -> bool:
    """Whether the end has come, whether or not the closer ran."""
    return bidding.is_closed or now_ms >= due_at_ms(bidding)


def due_at_ms(bidding: Bidding) -> int:
    """When the closer is to end it: at its end, or when it has been frozen for too long."""
    if bidding.frozen_at_ms is None:
        return bidding.ends_at_ms
    return bidding.frozen_at_ms + LONGEST_FREEZE_MS


def why_not_open(bidding: Bidding, now_ms: int) -> Reason | None:
    """Why no bid is possible now. The very end instant is late, whether or not the closer ran."""
    if is_over(bidding, now_ms):
        return Reason.ENDED
    if bidding.is_frozen:
        return Reason.FROZEN
    return Reason.NOT_STARTED if now_ms < bidding.terms.starts_at_ms else None


def why_not_admitted(bidding: Bidding, bidder: str, now_ms: int) -> Reason | None:
    """Why this bidder can't bid now."""
    closed = why_not_open(bidding, now_ms)
    if closed is not None:
        return closed
    if bidder == bidding.terms.seller:
        return Reason.SELLER
    if bidder in bidding.barred:
        return Reason.BARRED
    return Reason.BLOCKED if bidder in bidding.terms.blocked else None
