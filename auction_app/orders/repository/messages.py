"""What the two sides of orders write to each other."""

from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from auction_app.db import readable
from auction_app.db.paging import Cursor, paged
from auction_app.db.tables import customers, order_messages
from auction_app.orders.message import Message


def add(conn: Connection, message: Message) -> None:
    """Store a message."""
    conn.execute(
        insert(order_messages).values(
            id=message.id,
            order_id=message.order_id,
            author_id=message.author_id,
            text=message.text,
            at_ms=message.at_ms,
        )
    )


def by_id(conn: Connection, message_id: str) -> Message | None:
    """The message, if there is one."""
    found = _read(conn, _select().where(order_messages.c.id == message_id))
    return found[0] if found else None


def last_of(conn: Connection, order_id: str, author_id: str) -> Message | None:
    """What one side of an order wrote last."""
    theirs = (order_messages.c.order_id == order_id, order_messages.c.author_id == author_id)
    query = _select().where(*theirs).order_by(order_messages.c.at_ms.desc()).limit(1)
    return next(iter(_read(conn, query)), None)


def latest_on(conn: Connection, order_id: str, *, limit: int) -> list[Message]:
    """The latest messages of an order, the oldest first."""
    query = _select().where(order_messages.c.order_id == order_id)
    return _read(conn, query.order_by(order_messages.c.at_ms.desc()).limit(limit))[::-1]


def on_order(conn: Connection, order_id: str, *, after: Cursor | None, limit: int) -> list[Message]:
    """The messages of an order, the oldest first."""
    query = _select().where(order_messages.c.order_id == order_id)
    by, id = order_messages.c.at_ms, order_messages.c.id
    return _read(conn, paged(query, by, id, after=after, limit=limit, rising=True))


def by_author(conn: Connection, customer_id: str) -> list[Message]:
    """All that a customer has written, the oldest first."""
    query = _select().where(order_messages.c.author_id == customer_id)
    return _read(conn, query.order_by(order_messages.c.at_ms, order_messages.c.id))


def remove(conn: Connection, message_id: str, *, at_ms: int | None) -> None:
    """Keep a message from its two sides since then; None shows it again."""
    one = order_messages.c.id == message_id
    conn.execute(update(order_messages).where(one).values(removed_at_ms=at_ms))


def forget(conn: Connection, customer_id: str) -> None:
    """Drop the words of all that a customer has written."""
    theirs = order_messages.c.author_id == customer_id
    conn.execute(update(order_messages).where(theirs).values(text=None))


def _select() -> Select[Any]:
    return select(order_messages, customers.c.name.label("author_name")).join(
        customers, customers.c.id == order_messages.c.author_id
    )


def _read(conn: Connection, query: Select[Any]) -> list[Message]:
    return readable.rows_of(conn, query, order_messages, Message)
