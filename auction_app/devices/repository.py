"""SQL of devices."""

from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, or_, select, update

from auction_app.db import readable
from auction_app.db.tables import customers, devices, orders
from auction_app.devices.model import DeviceToken


def add(conn: Connection, device: DeviceToken, *, token_digest: str) -> None:
    """Store a new device, with what is kept of its token."""
    conn.execute(
        insert(devices).values(
            id=device.id,
            customer_id=device.owner_id,
            name=device.name,
            token_digest=token_digest,
            begins_after=device.begins_after,
            added_at_ms=device.added_at_ms,
        )
    )


def find(conn: Connection, token_digest: str) -> DeviceToken | None:
    """The device of a token; None where its owner's account is closed or deleted."""
    query = (
        select(devices)
        .join(customers, customers.c.id == devices.c.customer_id)
        .where(
            devices.c.token_digest == token_digest,
            customers.c.banned_at_ms.is_(None),
            customers.c.deleted_at_ms.is_(None),
        )
    )
    return next(iter(_read(conn, query)), None)


def of_customer(conn: Connection, customer_id: str) -> list[DeviceToken]:
    """A customer's devices, the latest first."""
    mine = select(devices).where(devices.c.customer_id == customer_id)
    return _read(conn, mine.order_by(devices.c.added_at_ms.desc(), devices.c.id))


def count(conn: Connection, customer_id: str) -> int:
    """How many a customer has."""
    query = select(func.count()).select_from(devices).where(devices.c.customer_id == customer_id)
    return conn.execute(query).scalar_one()


def latest_sale(conn: Connection, seller_id: str) -> int:
    """The number of a seller's latest sale; 0 before the first."""
    query = select(func.max(orders.c.sale_number)).where(orders.c.seller_id == seller_id)
    return conn.execute(query).scalar_one() or 0


def seen(conn: Connection, device_id: str, *, before_ms: int, now_ms: int) -> None:
    """Note that a device was here, unless that was noted since `before_ms`."""
    seen_at = devices.c.last_seen_at_ms
    due = (devices.c.id == device_id, or_(seen_at.is_(None), seen_at < before_ms))
    conn.execute(update(devices).where(*due).values(last_seen_at_ms=now_ms))


def remove(conn: Connection, customer_id: str, device_id: str) -> bool:
    """Forget one of a customer's devices; False when they have no such one."""
    theirs = (devices.c.id == device_id, devices.c.customer_id == customer_id)
    return conn.execute(delete(devices).where(*theirs)).rowcount > 0


def forget(conn: Connection, customer_id: str) -> None:
    """Drop all of a customer's devices."""
    conn.execute(delete(devices).where(devices.c.customer_id == customer_id))


def _read(conn: Connection, query: Select[Any]) -> list[DeviceToken]:
    return [it for it, _ in readable.each(devices, conn.execute(query), _as_device)]


def _as_device(row: Row[Any]) -> DeviceToken:
    return DeviceToken(
        id=row.id,
        owner_id=row.customer_id,
        name=row.name,
        begins_after=row.begins_after,
        added_at_ms=row.added_at_ms,
        last_seen_at_ms=row.last_seen_at_ms,
    )
