"""Which services did not answer when they were last asked."""

from service_kit.dialects import insert_or
from sqlalchemy import Connection, bindparam, delete, select

from auction_app.db.tables import outages

BIDS = "bids"

_SINCE = select(outages.c.since_ms).where(outages.c.service == bindparam("service"))


def since(conn: Connection, service: str) -> int | None:
    """When (ms) the service stopped answering; None while it answers."""
    return conn.execute(_SINCE, {"service": service}).scalar_one_or_none()


def begin(conn: Connection, service: str, *, now_ms: int) -> None:
    """Note that the service does not answer; the first time counts."""
    statement = insert_or(conn, outages).values(service=service, since_ms=now_ms)
    conn.execute(statement.on_conflict_do_nothing())


def end(conn: Connection, service: str) -> None:
    """Note that the service answers."""
    conn.execute(delete(outages).where(outages.c.service == service))
