"""Listings that nobody was told of yet, and who was told of which."""

from service_kit.dialects import insert_new, insert_or
from sqlalchemy import Connection, delete, select

from auction_app.alerts.model import Alert
from auction_app.db.tables import alerts, unannounced_listings


def put(conn: Connection, auction_id: str) -> None:
    """Let a listing wait; once is enough."""
    waits = insert_or(conn, unannounced_listings).values(auction_id=auction_id)
    conn.execute(waits.on_conflict_do_nothing())


def waiting(conn: Connection, *, limit: int) -> list[str]:
    """Ids of listings that wait."""
    return list(conn.execute(select(unannounced_listings.c.auction_id).limit(limit)).scalars())


def settle(conn: Connection, auction_id: str) -> None:
    """A listing waits no more."""
    waits = unannounced_listings.c.auction_id == auction_id
    conn.execute(delete(unannounced_listings).where(waits))


def add(conn: Connection, alert: Alert, *, now_ms: int) -> bool:
    """Note an alert; False when there was the same before, or is at this moment."""
    same = ("customer_id", "kind", "about", "auction_id")
    return insert_new(conn, alerts, {"created_at_ms": now_ms, **vars(alert)}, same=same)


def by_id(conn: Connection, alert_id: str) -> Alert | None:
    """The alert, if there is one."""
    row = conn.execute(select(alerts).where(alerts.c.id == alert_id)).first()
    if row is None:
        return None
    return Alert(
        id=row.id,
        kind=row.kind,
        customer_id=row.customer_id,
        auction_id=row.auction_id,
        about=row.about,
        ends_at_ms=row.ends_at_ms,
    )


def forget(conn: Connection, customer_id: str) -> None:
    """Drop what a customer was told."""
    conn.execute(delete(alerts).where(alerts.c.customer_id == customer_id))
