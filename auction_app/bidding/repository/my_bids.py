"""Which of a customer's own auctions a list is about, as conditions for the database."""

from sqlalchemy import ColumnElement, and_, false, func, not_, or_

from auction_app.db.tables import auctions, biddings

BIDS = ("winning", "outbid", "won", "lost")


def bids_that(state: str, customer_id: str, *, now_ms: int) -> ColumnElement[bool]:
    """Auctions in which a bidder stands so, as `Auction.standing_of` has it; one whose outcome is
    not known yet is in none."""
    leads = func.coalesce(biddings.c.leader_id == customer_id, false())
    closed = auctions.c.closed_at_ms.is_not(None)
    ended = or_(closed, auctions.c.current_ends_at_ms <= now_ms)
    won = and_(closed, leads, biddings.c.outcome == "sold")
    return {
        "winning": and_(not_(ended), leads),
        "outbid": and_(not_(ended), not_(leads)),
        "won": won,
        "lost": and_(ended, not_(won), or_(closed, not_(leads))),
    }[state]
