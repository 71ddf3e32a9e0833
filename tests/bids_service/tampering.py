"""Every way to change a stored cell or row: by construction, from the tables themselves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from service_kit.database import is_sqlite
from sqlalchemy import Connection, Engine, Table, text
from sqlalchemy.exc import IntegrityError

from bids_service.storage.tables import metadata

KEYS = {"biddings": "id", "bids": "sequence", "offers": "number", "record": "number"}
"""What a table's rows are numbered by, below their bidding."""
_NO_UTF8 = "CAST(x'c328' AS TEXT)"
_INTEGERS = ["7777", "-1", "0"]
_WORDS = ["'another'", "''", "'{}'", "'[[[['"]
_OF_ANOTHER_TYPE = ["'a word'", "x'00ff'", "1.5", _NO_UTF8]


@dataclass(frozen=True)
class Tampering:
    """A statement, or several, that changes what is stored; `column` is None for a whole row."""

    table: str
    column: str | None
    kind: str
    statements: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.table}.{self.column or '*'} {self.kind}: {'; '.join(self.statements)}"


class Loose:
    """A database whose tables have lost their constraints, so that a cell can hold anything: but
    for ids, which both engines keep apart."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        with engine.begin() as connection:
            for table in reversed(metadata.sorted_tables):
                self._loosen(connection, table.name)

    def apply(self, tampering: Tampering) -> bool:
        """Change it; False where an id would be there twice."""
        try:
            with self.engine.begin() as connection:
                for statement in tampering.statements:
                    connection.execute(text(statement))
        except IntegrityError:
            return False
        return True

    def restore(self, table: str) -> None:
        """Put a table back as it was."""
        with self.engine.begin() as connection:
            connection.execute(text(f"DELETE FROM {table}"))
            connection.execute(text(f"INSERT INTO {table} SELECT * FROM {table}_before"))

    def rows(self, table: Table) -> list[Mapping[str, Any]]:
        """Its rows in a fixed order."""
        with self.engine.connect() as connection:
            order = ", ".join(column.name for column in table.primary_key)
            found = connection.execute(text(f"SELECT * FROM {table.name} ORDER BY {order}"))
            return [dict(row._mapping) for row in found]

    def tamperings(self, table: Table) -> Iterator[Tampering]:
        """Everything that is tried on a table: each cell, each row, each pair of neighbours."""
        rows = self.rows(table)
        for column in table.c:
            for row in rows:
                yield from self._cells(table, column.name, row, all_kinds=row is rows[-1])
        for row in rows:
            yield from self._rows(table, row)
        for one, other in pairwise(rows):
            yield from self._pairs(table, one, other)

    def _loosen(self, connection: Connection, name: str) -> None:
        connection.execute(text(f"CREATE TABLE {name}_before AS SELECT * FROM {name}"))
        connection.execute(text(f"DROP TABLE {name}{'' if is_sqlite(self.engine) else ' CASCADE'}"))
        connection.execute(text(f"CREATE TABLE {name} AS SELECT * FROM {name}_before"))
        if "id" in metadata.tables[name].c:
            connection.execute(text(f"CREATE UNIQUE INDEX {name}_ids ON {name} (id)"))

    def _cells(
        self, table: Table, column: str, row: Mapping[str, Any], *, all_kinds: bool
    ) -> Iterator[Tampering]:
        kind_of = table.c[column].type.python_type
        others = {int: _INTEGERS, str: _WORDS, bool: [f"NOT {column}"]}[kind_of]
        tried = {"other value": others if all_kinds else others[:1]}
        if all_kinds:
            tried["nothing"] = ["NULL"]
            tried["one more"] = [f"{column} + 1"] if kind_of is int else []
            # PostgreSQL keeps the types itself.
            tried["other type"] = _OF_ANOTHER_TYPE if is_sqlite(self.engine) else []
        for kind, values in tried.items():
            for value in values:
                statement = f"UPDATE {table.name} SET {column} = {value} WHERE {_is(table, row)}"
                if self._changes(statement, table, column, row, value):
                    yield Tampering(table.name, column, kind, (statement,))

    def _changes(
        self, statement: str, table: Table, column: str, row: Mapping[str, Any], value: str
    ) -> bool:
        """Whether there is another value afterwards: `0` for a 0 changes nothing."""
        with self.engine.connect() as connection:
            query = f"SELECT {column}, {value} FROM {table.name} WHERE {_is(table, row)}"
            if value == _NO_UTF8:
                return True
            before, after = connection.execute(text(query)).one()
            return bool(before != after)

    def _rows(self, table: Table, row: Mapping[str, Any]) -> Iterator[Tampering]:
        where = _is(table, row)
        yield Tampering(table.name, None, "removed", (f"DELETE FROM {table.name} WHERE {where}",))
        yield Tampering(table.name, None, "doubled", (_copy(table, where, {}),))
        if table.name in KEYS:
            key = KEYS[table.name]
            added = {name: f"{name} + 1000" for name in {key, "id"} & set(table.c.keys())}
            yield Tampering(table.name, None, "added", (_copy(table, where, added),))

    def _pairs(
        self, table: Table, one: Mapping[str, Any], other: Mapping[str, Any]
    ) -> Iterator[Tampering]:
        for column in table.c:
            if one[column.name] != other[column.name]:
                yield Tampering(
                    table.name, column.name, "swapped", _swap(table, column.name, one, other)
                )


def _copy(table: Table, where: str, changed: Mapping[str, str]) -> str:
    names = ", ".join(it.name for it in table.c)
    values = ", ".join(changed.get(it.name, it.name) for it in table.c)
    return f"INSERT INTO {table.name} ({names}) SELECT {values} FROM {table.name} WHERE {where}"


def _swap(
    table: Table, column: str, one: Mapping[str, Any], other: Mapping[str, Any]
) -> tuple[str, ...]:
    first, second = _is(table, one), _is(table, other)
    return (
        f"UPDATE {table.name} SET {column} = CASE"
        f" WHEN {first} THEN (SELECT {column} FROM {table.name} WHERE {second})"
        f" ELSE (SELECT {column} FROM {table.name} WHERE {first}) END"
        f" WHERE ({first}) OR ({second})",
    )


def _is(table: Table, row: Mapping[str, Any]) -> str:
    return " AND ".join(f"{it.name} = {row[it.name]!r}" for it in table.primary_key)
