"""What ties a customer to others, and how the loose ends are cut."""

from sqlalchemy import Connection, and_, delete, exists, or_, select, update

from auction_app.bidding.model import OPEN_OFFER
from auction_app.db.tables import (
    auctions,
    biddings,
    bids,
    participations,
    placed_tickets,
    second_chances,
    watches,
)
from auction_app.orders.repository import orders


def sells_with_bids(conn: Connection, customer_id: str) -> bool:
    """Whether an item of theirs that is not settled yet has bids."""
    query = (
        select(biddings.c.auction_id)
        .join(auctions, auctions.c.id == biddings.c.auction_id)
        .where(
            auctions.c.seller_id == customer_id,
            auctions.c.closed_at_ms.is_(None),
            biddings.c.bid_count > 0,
        )
    )
    return conn.execute(query.limit(1)).first() is not None


def may_win(conn: Connection, customer_id: str, *, now_ms: int) -> bool:
    """Whether they lead in an auction that is not settled yet, or would once the leader takes
    bids back."""
    leads = biddings.c.leader_id == customer_id
    is_next = and_(
        biddings.c.ends_at_ms > now_ms,
        exists().where(
            bids.c.auction_id == biddings.c.auction_id,
            bids.c.bidder_id == customer_id,
            bids.c.retracted_at_ms.is_(None),
        ),
    )
    query = (
        select(biddings.c.auction_id)
        .join(participations, participations.c.auction_id == biddings.c.auction_id)
        .where(
            participations.c.customer_id == customer_id,
            biddings.c.status != "closed",
            or_(leads, is_next),
        )
    )
    return conn.execute(query.limit(1)).first() is not None


def has_open_offers(conn: Connection, customer_id: str, *, now_ms: int) -> bool:
    """Whether a second chance that they offered, or were offered, can still be accepted."""
    query = (
        select(second_chances.c.id)
        .join(auctions, auctions.c.id == second_chances.c.auction_id)
        .where(
            second_chances.c.status == OPEN_OFFER,
            second_chances.c.expires_at_ms > now_ms,
            or_(auctions.c.seller_id == customer_id, second_chances.c.bidder_id == customer_id),
        )
    )
    return conn.execute(query.limit(1)).first() is not None


def has_open_orders(conn: Connection, customer_id: str) -> bool:
    """Whether something is to be paid, sent or received."""
    return orders.count_open(conn, customer_id) > 0


def awaits_an_answer(conn: Connection, customer_id: str, *, since_ms: int) -> bool:
    """Whether a bid, a purchase or an offer of theirs was sent since then and nobody knows what
    came of it."""
    query = select(placed_tickets.c.key).where(
        placed_tickets.c.customer_id == customer_id,
        placed_tickets.c.result.is_(None),
        placed_tickets.c.sent_at_ms > since_ms,
    )
    return conn.execute(query.limit(1)).first() is not None


def not_closed(conn: Connection, customer_id: str) -> list[str]:
    """Ids of their items whose auctions are not known to be closed."""
    mine = (auctions.c.seller_id == customer_id, auctions.c.closed_at_ms.is_(None))
    return list(conn.execute(select(auctions.c.id).where(*mine)).scalars())


def hide(conn: Connection, auction_ids: list[str], *, now_ms: int) -> None:
    """Take items off all lists."""
    mine = auctions.c.id.in_(auction_ids)
    conn.execute(update(auctions).where(mine).values(hidden_at_ms=now_ms))


def forget_watches(conn: Connection, customer_id: str) -> None:
    """Drop what they watch."""
    conn.execute(delete(watches).where(watches.c.customer_id == customer_id))
