"""Who watches which listings."""

from sqlalchemy import Connection, delete, insert, select

from auction_app.db.paging import Cursor, paged
from auction_app.db.tables import auctions, watches
from auction_app.listings.model import Auction
from auction_app.listings.repository.rows import read_with_rows, select_auctions


def _is_watching(conn: Connection, customer_id: str, auction_id: str) -> bool:
    """Whether a customer watches a listing."""
    query = select(watches.c.since_ms).where(
        watches.c.customer_id == customer_id, watches.c.auction_id == auction_id
    )
    return conn.execute(query).first() is not None


def add(conn: Connection, customer_id: str, auction_id: str, *, now_ms: int) -> None:
    """Start watching; once is enough."""
    if not _is_watching(conn, customer_id, auction_id):
        row = {"customer_id": customer_id, "auction_id": auction_id, "since_ms": now_ms}
        conn.execute(insert(watches).values(row))


def remove(conn: Connection, customer_id: str, auction_id: str) -> None:
    """Stop watching."""
    conn.execute(
        delete(watches).where(
            watches.c.customer_id == customer_id, watches.c.auction_id == auction_id
        )
    )


def of_customer(
    conn: Connection, customer_id: str, *, after: Cursor | None, limit: int
) -> list[tuple[Auction, int]]:
    """What a customer watches, each with the time since when (ms), the latest first."""
    since = watches.c.since_ms
    query = (
        select_auctions()
        .add_columns(since)
        .join(watches, watches.c.auction_id == auctions.c.id)
        .where(watches.c.customer_id == customer_id)
    )
    query = paged(query, since, watches.c.auction_id, after=after, limit=limit)
    return [(auction, row.since_ms) for auction, row in read_with_rows(conn, query)]
