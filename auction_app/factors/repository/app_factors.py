"""Apps that show codes, and the recovery codes beside them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from auction_app.db.tables import app_factors, recovery_codes
from auction_app.factors.model import AppFactor


def of_customer(conn: Connection, customer_id: str) -> AppFactor | None:
    """The customer's app; None while two-factor sign-in is off."""
    query = select(app_factors).where(app_factors.c.customer_id == customer_id)
    row = conn.execute(query).first()
    return _as_factor(row) if row else None


def add(conn: Connection, factor: AppFactor) -> None:
    """Turn two-factor sign-in on."""
    conn.execute(insert(app_factors).values(vars(factor)))


def take_step(conn: Connection, customer_id: str, step: int) -> bool:
    """Note that the code of this step was used; False when it was, or a later one: also for the
    second of two that send it at once."""
    unused = (app_factors.c.customer_id == customer_id, app_factors.c.last_step < step)
    return conn.execute(update(app_factors).where(*unused).values(last_step=step)).rowcount == 1


def everybody(conn: Connection) -> list[AppFactor]:
    """The apps of all customers, the oldest first."""
    query = select(app_factors).order_by(app_factors.c.since_ms, app_factors.c.customer_id)
    return [_as_factor(row) for row in conn.execute(query)]


def oldest(conn: Connection, *, limit: int) -> list[AppFactor]:
    """So many of those that have been there for longest."""
    query = select(app_factors).order_by(app_factors.c.since_ms, app_factors.c.customer_id)
    return [_as_factor(row) for row in conn.execute(query.limit(limit))]


def reseal(conn: Connection, factor: AppFactor, sealed_secret: str) -> None:
    """Keep the same secret in another envelope, unless its owner has another by now."""
    same = (
        app_factors.c.customer_id == factor.customer_id,
        app_factors.c.sealed_secret == factor.sealed_secret,
    )
    conn.execute(update(app_factors).where(*same).values(sealed_secret=sealed_secret))


def remove(conn: Connection, customer_id: str) -> None:
    """Turn it off: the app and the recovery codes are forgotten."""
    conn.execute(delete(recovery_codes).where(recovery_codes.c.customer_id == customer_id))
    conn.execute(delete(app_factors).where(app_factors.c.customer_id == customer_id))


def replace_codes(conn: Connection, customer_id: str, digests: Iterable[str]) -> None:
    """Make these the customer's recovery codes, and no others."""
    conn.execute(delete(recovery_codes).where(recovery_codes.c.customer_id == customer_id))
    rows = [{"customer_id": customer_id, "digest": digest} for digest in digests]
    conn.execute(insert(recovery_codes), rows)


def take_code(conn: Connection, customer_id: str, digest: str, *, now_ms: int) -> bool:
    """Use up a recovery code; False when there is no such code, or it was used."""
    unused = (
        recovery_codes.c.customer_id == customer_id,
        recovery_codes.c.digest == digest,
        recovery_codes.c.used_at_ms.is_(None),
    )
    used = update(recovery_codes).where(*unused).values(used_at_ms=now_ms)
    return conn.execute(used).rowcount == 1


def count_codes(conn: Connection, customer_id: str) -> int:
    """How many recovery codes are left."""
    query = select(func.count()).where(
        recovery_codes.c.customer_id == customer_id, recovery_codes.c.used_at_ms.is_(None)
    )
    return conn.execute(query).scalar_one()


def _as_factor(row: Row[Any]) -> AppFactor:
    """However its numbers are spoilt: where the row were passed over, no code would be asked for.
    Since when is only shown; a last step that is none takes no code any more."""
    since_ms = row.since_ms if isinstance(row.since_ms, int) else 0
    return AppFactor(**dict(row._mapping) | {"since_ms": since_ms})
