"""Of what the buyers of orders were reminded."""

from collections.abc import Mapping, Sequence

from service_kit.dialects import insert_new
from sqlalchemy import Connection, select

from auction_app.db.tables import order_reminders
from auction_app.orders.model import ReminderKind


def add(conn: Connection, order_id: str, kind: ReminderKind, *, now_ms: int) -> bool:
    """Note that a buyer is reminded; False when they were, or are at this moment."""
    row = {"order_id": order_id, "kind": kind, "at_ms": now_ms}
    return insert_new(conn, order_reminders, row, same=("order_id", "kind"))


def of_orders(conn: Connection, order_ids: Sequence[str]) -> Mapping[str, tuple[ReminderKind, ...]]:
    """Of what the buyer of each of these orders was reminded."""
    query = select(order_reminders).where(order_reminders.c.order_id.in_(order_ids))
    found: dict[str, tuple[ReminderKind, ...]] = {}
    for row in conn.execute(query.order_by(order_reminders.c.at_ms)):
        found[row.order_id] = (*found.get(row.order_id, ()), row.kind)
    return found
