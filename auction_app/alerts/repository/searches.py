"""Saved searches."""

from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, select

from auction_app.alerts.model import SavedSearch
from auction_app.db import readable
from auction_app.db.tables import saved_searches


def add(conn: Connection, search: SavedSearch, *, now_ms: int) -> None:
    """Keep one."""
    conn.execute(
        insert(saved_searches).values(
            id=search.id,
            customer_id=search.customer_id,
            asked=dict(search.asked),
            created_at_ms=now_ms,
        )
    )


def remove(conn: Connection, customer_id: str, search_id: str) -> bool:
    """Drop a customer's own; False when there is no such one."""
    mine = (saved_searches.c.customer_id == customer_id, saved_searches.c.id == search_id)
    return conn.execute(delete(saved_searches).where(*mine)).rowcount == 1


def of_customer(conn: Connection, customer_id: str) -> list[SavedSearch]:
    """A customer's, the latest first."""
    query = select(saved_searches).where(saved_searches.c.customer_id == customer_id)
    latest = query.order_by(saved_searches.c.created_at_ms.desc(), saved_searches.c.id)
    return _read(conn, latest)


def keeps(conn: Connection, customer_id: str, search_id: str) -> bool:
    """Whether a customer has this one."""
    mine = (saved_searches.c.customer_id == customer_id, saved_searches.c.id == search_id)
    return conn.execute(select(saved_searches.c.id).where(*mine)).first() is not None


def of_all(conn: Connection) -> list[SavedSearch]:
    """Everybody's."""
    return _read(conn, select(saved_searches))


def forget(conn: Connection, customer_id: str) -> None:
    """Drop all of a customer's."""
    conn.execute(delete(saved_searches).where(saved_searches.c.customer_id == customer_id))


def _read(conn: Connection, query: Select[Any]) -> list[SavedSearch]:
    return [it for it, _ in readable.each(saved_searches, conn.execute(query), _search)]


def _search(row: Row[Any]) -> SavedSearch:
    asked = dict(row.asked)
    if not all(isinstance(it, str) for pair in asked.items() for it in pair):
        raise ValueError("asked holds more than texts")
    return SavedSearch(id=row.id, customer_id=row.customer_id, asked=asked)
