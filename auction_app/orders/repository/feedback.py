"""What the two sides of an order say of each other."""

from typing import Any

from sqlalchemy import Connection, Select, func, insert, select

from auction_app.db.tables import customers, feedback
from auction_app.orders.model import Feedback


def add(conn: Connection, given: Feedback) -> None:
    """Store what one side says, which has said nothing before."""
    conn.execute(
        insert(feedback).values(
            order_id=given.order_id,
            author_id=given.author_id,
            about_id=given.about_id,
            rating=given.rating,
            text=given.text,
            at_ms=given.at_ms,
        )
    )


def on_order(conn: Connection, order_id: str) -> list[Feedback]:
    """What the two sides said about an order."""
    return _read(conn, _select().where(feedback.c.order_id == order_id))


def about(conn: Connection, customer_id: str, *, limit: int) -> list[Feedback]:
    """The latest that was said about a customer."""
    query = _select().where(feedback.c.about_id == customer_id)
    return _read(conn, query.limit(limit))


def by(conn: Connection, customer_id: str) -> list[Feedback]:
    """All that a customer said about others."""
    return _read(conn, _select().where(feedback.c.author_id == customer_id))


def ratings_of(conn: Connection, customer_id: str) -> dict[str, int]:
    """How often each rating was given to a customer."""
    query = (
        select(feedback.c.rating, func.count().label("times"))
        .where(feedback.c.about_id == customer_id)
        .group_by(feedback.c.rating)
    )
    return {row.rating: row.times for row in conn.execute(query)}


def _select() -> Select[Any]:
    return (
        select(feedback, customers.c.name.label("author_name"))
        .join(customers, customers.c.id == feedback.c.author_id)
        .order_by(feedback.c.at_ms.desc(), feedback.c.order_id)
    )


def _read(conn: Connection, query: Select[Any]) -> list[Feedback]:
    return [
        Feedback(
            order_id=row.order_id,
            author_id=row.author_id,
            author_name=row.author_name,
            about_id=row.about_id,
            rating=row.rating,
            text=row.text,
            at_ms=row.at_ms,
        )
        for row in conn.execute(query)
    ]
