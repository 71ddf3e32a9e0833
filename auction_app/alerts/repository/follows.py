"""Who follows which sellers."""

from sqlalchemy import Connection, delete, insert, or_, select

from auction_app.db.tables import customers, follows


def add(conn: Connection, customer_id: str, seller_id: str, *, now_ms: int) -> None:
    """Start to follow."""
    row = {"customer_id": customer_id, "seller_id": seller_id, "since_ms": now_ms}
    conn.execute(insert(follows).values(row))


def remove(conn: Connection, customer_id: str, seller_id: str) -> None:
    """Stop."""
    mine = (follows.c.customer_id == customer_id, follows.c.seller_id == seller_id)
    conn.execute(delete(follows).where(*mine))


def follows_seller(conn: Connection, customer_id: str, seller_id: str) -> bool:
    """Whether somebody follows a seller."""
    mine = (follows.c.customer_id == customer_id, follows.c.seller_id == seller_id)
    return conn.execute(select(follows.c.since_ms).where(*mine)).first() is not None


def of_customer(conn: Connection, customer_id: str) -> list[tuple[str, str]]:
    """(id, name) of whom somebody follows."""
    query = (
        select(customers.c.id, customers.c.name)
        .join(follows, follows.c.seller_id == customers.c.id)
        .where(follows.c.customer_id == customer_id)
        .order_by(customers.c.name, customers.c.id)
    )
    return [(row.id, row.name) for row in conn.execute(query)]


def followers_of(conn: Connection, seller_id: str) -> list[str]:
    """Ids of who follows a seller."""
    query = select(follows.c.customer_id).where(follows.c.seller_id == seller_id)
    return list(conn.execute(query).scalars())


def forget(conn: Connection, customer_id: str) -> None:
    """Drop whom a customer follows, and who follows them."""
    theirs = or_(follows.c.customer_id == customer_id, follows.c.seller_id == customer_id)
    conn.execute(delete(follows).where(theirs))
