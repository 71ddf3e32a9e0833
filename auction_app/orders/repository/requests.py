"""What the sides of orders ask of each other."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from auction_app.db import readable
from auction_app.db.tables import order_requests
from auction_app.orders.model import Answer, Request


def add(conn: Connection, request: Request) -> None:
    """Store a request; a side asks for the same once."""
    conn.execute(
        insert(order_requests).values(
            order_id=request.order_id,
            kind=request.kind,
            by=request.by,
            reason=request.reason,
            at_ms=request.at_ms,
        )
    )


def answer(conn: Connection, request: Request, answer: Answer, note: str, *, now_ms: int) -> None:
    """Store the other side's answer, and what it says with it."""
    one = (
        order_requests.c.order_id == request.order_id,
        order_requests.c.kind == request.kind,
        order_requests.c.by == request.by,
    )
    values = {"answer": answer, "note": note or None, "answered_at_ms": now_ms}
    conn.execute(update(order_requests).where(*one).values(values))


def on_orders(conn: Connection, order_ids: Sequence[str]) -> Mapping[str, Sequence[Row[Any]]]:
    """The rows of all that was asked for in each of these orders, the oldest first."""
    query = select(order_requests).where(order_requests.c.order_id.in_(order_ids))
    found: dict[str, list[Row[Any]]] = {order_id: [] for order_id in order_ids}
    for row in conn.execute(query.order_by(order_requests.c.at_ms)):
        found[row.order_id].append(row)
    return found


def read(rows: Iterable[Row[Any]]) -> tuple[Request, ...]:
    """What they say; an order is not what it was without one of them. Raises SpoiltRow."""
    return tuple(readable.one(order_requests, row, readable.maker(Request)) for row in rows)
