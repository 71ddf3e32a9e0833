"""Ids of handled events."""

from collections.abc import Collection

import msgspec
from service_kit.database import is_sqlite
from sqlalchemy import Engine, Table, delete

from bus_drain.storage.sql.transactions import raw_reading, raw_writing, writing

_SQLITE = "json_each(?)"
_POSTGRESQL = "json_array_elements_text(%s)"


class SqlSeen:
    """bus_drain.state.Seen in a table.

    Every delivery passes here, so the statements go to the driver as they are: through Core a
    question costs three times as much. Ids travel as one parameter.
    """

    def __init__(self, engine: Engine, seen: Table) -> None:
        self._engine = engine
        self._seen = seen
        ids = _SQLITE if is_sqlite(engine) else _POSTGRESQL
        now = "?" if is_sqlite(engine) else "%s"
        # S608: nothing but the constants above and the name of the table goes into these.
        self._which = (
            f"SELECT known.id FROM {ids} AS given "  # noqa: S608
            f"JOIN {seen.name} AS known ON known.id = given.value"
        )
        self._add = (
            f"INSERT INTO {seen.name} (id, at_ms) SELECT given.value, {now} FROM {ids} AS given "  # noqa: S608
            "WHERE true ON CONFLICT DO NOTHING"
        )

    def which(self, ids: Collection[str]) -> frozenset[str]:
        """Those of `ids` that were added."""
        if not ids:
            return frozenset()
        with raw_reading(self._engine) as driver:
            return frozenset(row[0] for row in driver.execute(self._which, (_json(ids),)))

    def add(self, ids: Collection[str], now_ms: int) -> None:
        """Remember these. Safe to repeat."""
        if not ids:
            return
        with raw_writing(self._engine) as driver:
            # In one order always, so that two writers can't lock crosswise.
            driver.execute(self._add, (now_ms, _json(sorted(ids))))

    def forget(self, before_ms: int) -> None:
        """Drop what was added before then."""
        with writing(self._engine) as connection:
            connection.execute(delete(self._seen).where(self._seen.c.at_ms < before_ms))


def _json(ids: Collection[str]) -> str:
    return msgspec.json.encode(list(ids)).decode()
