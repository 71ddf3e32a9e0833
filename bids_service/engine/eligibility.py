"""Who may bid or buy at a moment (docs/bidding.md B11, B15)."""

from bids_service.engine.bidding import Bidding
from bids_service.engine.decision import Reason


def why_not_open(bidding: Bidding, now_ms: int) -> Reason | None:
    """Why no bid is possible now. The very end instant is late, whether or not the closer ran."""
    if bidding.is_closed or now_ms >= bidding.ends_at_ms:
        return Reason.ENDED
    return Reason.NOT_STARTED if now_ms < bidding.terms.starts_at_ms else None


def why_not_admitted(bidding: Bidding, bidder: str, now_ms: int) -> Reason | None:
    """Why this bidder can't bid now."""
    closed = why_not_open(bidding, now_ms)
    if closed is not None:
        return closed
    if bidder == bidding.terms.seller:
        return Reason.SELLER
    return Reason.BLOCKED if bidder in bidding.terms.blocked else None
