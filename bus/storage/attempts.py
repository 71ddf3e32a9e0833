"""The attempts log: the last deliveries of each subscription, kept by count and by age."""

from collections.abc import Sequence
from dataclasses import astuple, fields

from service_kit.database import reading
from sqlalchemy import Engine, select

from bus.errors import NotFound
from bus.model.delivery import Attempt
from bus.storage.tables import attempts
from bus.storage.transactions import Driver

KEPT = 100
KEPT_MS = 3 * 24 * 60 * 60 * 1000
_NAMES = [field.name for field in fields(Attempt) if field.name != "id"]
_ADD = f"INSERT INTO attempts ({', '.join(_NAMES)}) VALUES ({', '.join('?' * len(_NAMES))})"  # noqa: S608
_CUT = (
    "DELETE FROM attempts WHERE subscription_id = ? AND id <= (SELECT id FROM attempts"
    " WHERE subscription_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?)"
)
_EXPIRE = "DELETE FROM attempts WHERE at_ms < ?"
_KNOWN = "SELECT id FROM subscriptions"


class Attempts:
    """What was sent, and what came back."""

    def __init__(self, engine: Engine, driver: Driver) -> None:
        self._engine = engine
        self._driver = driver

    def add(self, made: Sequence[Attempt], now_ms: int) -> None:
        """Keep these, and forget what is too old or too much."""
        with self._driver.writing() as statements:
            known = {row[0] for row in statements.rows(_KNOWN)}  # one may be deleted meanwhile
            ours = [one for one in made if one.subscription_id in known]
            statements.run_each(_ADD, [astuple(one)[1:] for one in ours])
            touched = {one.subscription_id for one in ours}
            statements.run_each(_CUT, [(each, each, KEPT) for each in touched])
            statements.run(_EXPIRE, (now_ms - KEPT_MS,))

    def all(self, subscription_id: int, before: int | None, limit: int) -> list[Attempt]:
        """The last attempts, newest first, older than one."""
        wanted = (
            select(attempts)
            .where(attempts.c.subscription_id == subscription_id)
            .order_by(attempts.c.id.desc())
            .limit(limit)
        )
        if before is not None:
            wanted = wanted.where(attempts.c.id < before)
        with reading(self._engine) as connection:
            return [Attempt(**row) for row in connection.execute(wanted).mappings()]

    def one(self, subscription_id: int, attempt_id: int) -> Attempt:
        """An attempt. Raises NotFound."""
        wanted = select(attempts).where(
            attempts.c.subscription_id == subscription_id, attempts.c.id == attempt_id
        )
        with reading(self._engine) as connection:
            row = connection.execute(wanted).mappings().one_or_none()
        if row is None:
            raise NotFound("no such attempt")
        return Attempt(**row)
