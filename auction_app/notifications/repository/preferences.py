"""How each customer wants each kind of news by mail."""

from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, select

from auction_app.db.tables import notice_preferences
from auction_app.notifications.model import KINDS, MODES


def of_customer(conn: Connection, customer_id: str) -> dict[str, str]:
    """The mode of every kind; what was never chosen has the first mode."""
    query = select(notice_preferences).where(notice_preferences.c.customer_id == customer_id)
    chosen = {row.kind: row.mode for row in conn.execute(query)}
    return {kind: chosen.get(kind, MODES[0]) for kind in KINDS}


def keep(conn: Connection, customer_id: str, chosen: Mapping[str, str]) -> None:
    """Set the modes of these kinds."""
    mine = notice_preferences.c.customer_id == customer_id
    for kind, mode in chosen.items():
        conn.execute(delete(notice_preferences).where(mine, notice_preferences.c.kind == kind))
        conn.execute(
            insert(notice_preferences).values(customer_id=customer_id, kind=kind, mode=mode)
        )


def forget(conn: Connection, customer_id: str) -> None:
    """Drop a customer's choices."""
    conn.execute(delete(notice_preferences).where(notice_preferences.c.customer_id == customer_id))
