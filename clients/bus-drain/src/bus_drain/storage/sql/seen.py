"""Ids of handled events."""

from collections.abc import Collection

from sqlalchemy import Engine, bindparam, delete, select

from bus_drain.storage.sql.statements import as_texts, listed, upsert
from bus_drain.storage.sql.tables import seen
from bus_drain.storage.sql.transactions import reading, writing


class SqlSeen:
    """bus_drain.state.Seen in a table."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        ids = listed(engine)
        self._which = select(seen.c.id).where(seen.c.id.in_(select(ids.c.value)))
        self._add = (
            upsert(engine, seen)
            .from_select(
                ["id", "at_ms"],
                select(ids.c.value, bindparam("now", type_=seen.c.at_ms.type)).where(
                    ids.c.value.is_not(None)
                ),
            )
            .on_conflict_do_nothing()
        )

    def which(self, ids: Collection[str]) -> frozenset[str]:
        """Those of `ids` that were added."""
        if not ids:
            return frozenset()
        with reading(self._engine) as connection:
            return frozenset(connection.scalars(self._which, {"texts": as_texts(ids)}))

    def add(self, ids: Collection[str], now_ms: int) -> None:
        """Remember these. Safe to repeat."""
        if not ids:
            return
        with writing(self._engine) as connection:
            connection.execute(self._add, {"texts": as_texts(ids), "now": now_ms})

    def forget(self, before_ms: int) -> None:
        """Drop what was added before then."""
        with writing(self._engine) as connection:
            connection.execute(delete(seen).where(seen.c.at_ms < before_ms))
