"""What changed about how customers sign in."""

from sqlalchemy import Connection, delete, insert, select

from auction_app.db import readable
from auction_app.db.ids import new_key
from auction_app.db.tables import sign_in_changes
from auction_app.factors.model import SignInChange, What


def note(conn: Connection, customer_id: str, what: What, *, now_ms: int) -> None:
    """Note a change, of which the customer hears by mail."""
    row = {"id": new_key(), "customer_id": customer_id, "what": what, "at_ms": now_ms}
    conn.execute(insert(sign_in_changes).values(row))


def of_customer(
    conn: Connection, customer_id: str, *, since_ms: int = 0, limit: int
) -> list[SignInChange]:
    """The changes since then, the latest first."""
    columns = (sign_in_changes.c.id, sign_in_changes.c.what, sign_in_changes.c.at_ms)
    theirs = (sign_in_changes.c.customer_id == customer_id, sign_in_changes.c.at_ms >= since_ms)
    query = select(*columns).where(*theirs).order_by(sign_in_changes.c.at_ms.desc()).limit(limit)
    return readable.rows_of(conn, query, sign_in_changes, SignInChange)


def forget(conn: Connection, customer_id: str) -> None:
    """Forget all of a customer's."""
    conn.execute(delete(sign_in_changes).where(sign_in_changes.c.customer_id == customer_id))
