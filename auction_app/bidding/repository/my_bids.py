"""The auctions that a customer has bid in, and where the bidder stands there."""

from sqlalchemy import ColumnElement, Connection, and_, false, func, not_, or_

from auction_app.db.paging import Cursor, paged
from auction_app.db.tables import auctions, biddings, participations
from auction_app.listings.model import Auction
from auction_app.listings.repository.rows import as_auctions, select_auctions

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


def of_bidder(
    conn: Connection,
    customer_id: str,
    *,
    after: Cursor | None,
    limit: int,
    only: ColumnElement[bool] | None = None,
) -> list[tuple[Auction, int]]:
    """The auctions that a customer has bid in, or `only` some of them (of their state), each with
    the time of the last bid (ms), the latest first."""
    last = participations.c.last_bid_at_ms
    query = (
        select_auctions()
        .add_columns(last)
        .join(participations, participations.c.auction_id == auctions.c.id)
        .where(participations.c.customer_id == customer_id)
    )
    if only is not None:
        query = query.where(only)
    query = paged(query, last, participations.c.auction_id, after=after, limit=limit)
    rows = conn.execute(query).all()
    found = as_auctions(conn, rows)
    return [(auction, row.last_bid_at_ms) for auction, row in zip(found, rows, strict=True)]
