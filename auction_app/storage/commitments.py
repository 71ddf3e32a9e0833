"""What ties a customer to others, and how the loose ends are cut."""

from sqlalchemy import Connection, delete, select, update

from auction_app.storage import orders
from auction_app.storage.tables import auctions, biddings, watches


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


def withdraw(conn: Connection, customer_id: str, *, now_ms: int) -> list[str]:
    """Hide their items that have not ended; returns which."""
    mine = (auctions.c.seller_id == customer_id, auctions.c.closed_at_ms.is_(None))
    ids = list(conn.execute(select(auctions.c.id).where(*mine)).scalars())
    conn.execute(update(auctions).where(*mine).values(hidden_at_ms=now_ms))
    return ids


def forget_watches(conn: Connection, customer_id: str) -> None:
    """Drop what they watch."""
    conn.execute(delete(watches).where(watches.c.customer_id == customer_id))
