"""How each customer wants each kind of news by mail."""

from collections.abc import Mapping

from service_kit.dialects import insert_or
from sqlalchemy import Connection, delete, select

from auction_app.db.tables import notice_preferences
from auction_app.notifications.model import KINDS, MODES


def of_customer(conn: Connection, customer_id: str) -> dict[str, str]:
    """The mode of every kind; what was never chosen has the first mode."""
    query = select(notice_preferences).where(notice_preferences.c.customer_id == customer_id)
    chosen = {row.kind: row.mode for row in conn.execute(query)}
    return {kind: chosen.get(kind, MODES[0]) for kind in KINDS}


def keep(conn: Connection, customer_id: str, chosen: Mapping[str, str]) -> None:
    """Set the modes of these kinds."""
    for kind, mode in sorted(chosen.items()):  # or two who set several wait for each other
        statement = insert_or(conn, notice_preferences).values(
            customer_id=customer_id, kind=kind, mode=mode
        )
        conn.execute(
            statement.on_conflict_do_update(
                index_elements=["customer_id", "kind"], set_={"mode": mode}
            )
        )


def forget(conn: Connection, customer_id: str) -> None:
    """Drop a customer's choices."""
    conn.execute(delete(notice_preferences).where(notice_preferences.c.customer_id == customer_id))
