"""The steps of orders."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from auction_app.db import readable
from auction_app.db.tables import order_steps
from auction_app.orders.model import Because, OrderStatus, Side, Step


def add(
    conn: Connection,
    order_id: str,
    status: OrderStatus,
    by: Side,
    now_ms: int,
    because: Because | None = None,
) -> None:
    """A step that an order never took."""
    step = {"order_id": order_id, "status": status.value, "at_ms": now_ms, "by": by}
    conn.execute(insert(order_steps).values(**step, because=because))


def of_orders(conn: Connection, order_ids: Sequence[str]) -> dict[str, list[Row[Any]]]:
    """The rows of each order's."""
    query = select(order_steps).where(order_steps.c.order_id.in_(order_ids))
    found: dict[str, list[Row[Any]]] = {}
    for row in conn.execute(query):
        found.setdefault(row.order_id, []).append(row)
    return found


def read(rows: Iterable[Row[Any]]) -> tuple[Step, ...]:
    """An order's steps, in the order in which they were taken. Raises SpoiltRow."""
    return tuple(sorted((readable.one(order_steps, row, _as_step) for row in rows), key=_when))


def _as_step(row: Row[Any]) -> Step:
    return Step(status=OrderStatus(row.status), at_ms=row.at_ms, by=row.by, because=row.because)


def _when(step: Step) -> tuple[int, int]:
    return step.at_ms, list(OrderStatus).index(step.status)
