"""What ties a customer to others, and how the loose ends are cut."""

from sqlalchemy import Connection, delete, select, update

from auction_app.storage import orders
from auction_app.storage.tables import auctions, biddings, placed_tickets, watches


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


def leads(conn: Connection, customer_id: str) -> bool:
    """Whether they lead in an auction that is not settled yet."""
    query = select(biddings.c.auction_id).where(
        biddings.c.leader_id == customer_id, biddings.c.status != "closed"
    )
    return conn.execute(query.limit(1)).first() is not None


def has_open_orders(conn: Connection, customer_id: str) -> bool:
    """Whether something is to be paid, sent or received."""
    return orders.count_open(conn, customer_id) > 0


def awaits_an_answer(conn: Connection, customer_id: str, *, since_ms: int) -> bool:
    """Whether a bid of theirs was sent since then and nobody knows what came of it."""
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
