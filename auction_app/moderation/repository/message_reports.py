"""Reports of messages between the two sides of an order."""

from typing import Any

from service_kit.dialects import insert_or
from sqlalchemy import Connection, Select, func, select, update

from auction_app.db import readable
from auction_app.db.tables import auctions, customers, message_reports, order_messages, orders
from auction_app.moderation.model import MessageReport

_reporters = customers.alias("reporters")


def add(
    conn: Connection, message_id: str, reporter_id: str, *, reason: str, text: str, now_ms: int
) -> None:
    """Put a message into the queue; reported again, the report is renewed."""
    values = {"reason": reason, "text": text, "at_ms": now_ms, "settled_at_ms": None}
    conn.execute(
        insert_or(conn, message_reports)
        .values(message_id=message_id, reporter_id=reporter_id, **values)
        .on_conflict_do_update(index_elements=["message_id"], set_=values)
    )


def waiting(conn: Connection, *, limit: int) -> list[MessageReport]:
    """Those that wait, the oldest first."""
    query = _select().where(message_reports.c.settled_at_ms.is_(None))
    return _read(conn, query.order_by(message_reports.c.at_ms).limit(limit))


def of_message(conn: Connection, message_id: str) -> MessageReport | None:
    """The report of a message, if it was ever reported."""
    found = _read(conn, _select().where(message_reports.c.message_id == message_id))
    return found[0] if found else None


def by(conn: Connection, customer_id: str) -> list[MessageReport]:
    """All reports by one customer."""
    query = _select().where(message_reports.c.reporter_id == customer_id)
    return _read(conn, query.order_by(message_reports.c.at_ms))


def count_waiting(conn: Connection) -> int:
    """How many wait."""
    query = select(func.count()).where(message_reports.c.settled_at_ms.is_(None))
    return conn.execute(query).scalar_one()


def settle(conn: Connection, message_id: str, *, now_ms: int) -> None:
    """Take a message out of the queue."""
    one = (message_reports.c.message_id == message_id, message_reports.c.settled_at_ms.is_(None))
    conn.execute(update(message_reports).where(*one).values(settled_at_ms=now_ms))


def _select() -> Select[Any]:
    return (
        select(
            message_reports,
            order_messages.c.text.label("message_text"),
            auctions.c.title,
            _reporters.c.name.label("reporter_name"),
        )
        .join(order_messages, order_messages.c.id == message_reports.c.message_id)
        .join(orders, orders.c.id == order_messages.c.order_id)
        .join(auctions, auctions.c.id == orders.c.auction_id)
        .join(_reporters, _reporters.c.id == message_reports.c.reporter_id)
    )


def _read(conn: Connection, query: Select[Any]) -> list[MessageReport]:
    return readable.rows_of(conn, query, message_reports, MessageReport)
