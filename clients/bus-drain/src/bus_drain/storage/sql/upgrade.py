"""The tables' history: from what an older bus-drain made to what this one needs."""

from sqlalchemy import Connection, inspect, text

from bus_drain.errors import BadSettings
from bus_drain.storage.sql.tables import Tables

STEPS: dict[int, tuple[str, ...]] = {
    2: ("DROP INDEX IF EXISTS ix_{prefix}_seen_at_ms",),
    3: (),  # the table `owner`
}
"""What leads to a version from the one before, on both engines. A new table needs no statement: it
is made where it is missing."""

NEWEST = max(STEPS)
_UNNUMBERED = 1  # 0.1.0, which kept no count


def upgrade(connection: Connection, tables: Tables) -> None:
    """Make the tables, or bring those of an older bus-drain up to date, rows and all.

    Within the caller's transaction, so that it is done whole or not at all. Safe to repeat.
    Raises BadSettings for tables of a newer bus-drain.
    """
    found = _found(connection, tables)
    if found == NEWEST:
        return
    if found > NEWEST:
        raise BadSettings(f"the state is of version {found}, this bus-drain knows {NEWEST}")
    tables.metadata.create_all(connection)
    for number in range(found + 1, NEWEST + 1) if found else ():
        for statement in STEPS[number]:
            connection.execute(text(statement.format(prefix=tables.prefix)))
    connection.execute(tables.versions.delete())
    connection.execute(tables.versions.insert().values(number=NEWEST))


def _found(connection: Connection, tables: Tables) -> int:
    """The version of the tables that are there; 0 when there are none."""
    there = inspect(connection)
    if there.has_table(tables.versions.name):
        number: int = connection.execute(tables.versions.select()).scalar_one()
        return number
    return _UNNUMBERED if there.has_table(tables.seen.name) else 0
