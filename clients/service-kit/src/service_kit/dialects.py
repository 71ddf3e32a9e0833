"""What SQLite and PostgreSQL spell differently: insert-or-else, and many rows at once."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Connection, Engine, Executable, Row, Table, text
from sqlalchemy import insert as plain_insert

Rows = Sequence[Mapping[str, Any]]


def insert_or(where: Connection | Engine, table: Table) -> Any:
    """An insert that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    # Each by itself: who has SQLite needn't import all of PostgreSQL's drivers.
    if where.dialect.name == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return postgresql.insert(table)


def insert_new(
    connection: Connection, table: Table, row: Mapping[str, Any], *, same: Sequence[str]
) -> bool:
    """Insert a row unless there is one that is the `same` in these unique columns, or somebody
    stores one at this moment; whether it is new. It is asked for, as PostgreSQL's driver does not
    count what an insert has stored."""
    new = insert_or(connection, table).values(row).on_conflict_do_nothing(index_elements=same)
    return connection.execute(new.returning(table.c[same[0]])).first() is not None


def insert_all(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows with equal columns, in their order. Nothing happens without any.

    To PostgreSQL they travel as one parameter of one statement: it would otherwise plan and run
    one for each, at three times the cost.
    """
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(plain_insert(table), list(rows))
    else:
        statement = _from_json(table, tuple(rows[0]))
        connection.execute(statement, {"rows": _json(list(rows))})


def insert_missing(connection: Connection, table: Table, rows: Rows) -> None:
    """The same without those that are there already."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        connection.execute(insert_or(connection, table).on_conflict_do_nothing(), list(rows))
    else:
        statement = _from_json(table, tuple(rows[0]), then=" ON CONFLICT DO NOTHING")
        connection.execute(statement, {"rows": _json(list(rows))})


def insert_returning(
    connection: Connection,
    table: Table,
    rows: Rows,
    *columns: Column[Any],
    replacing: Column[Any] | None = None,
) -> Sequence[Row[Any]]:
    """The same for one row or more; returns these columns of each, in any order. Whose value of
    the unique column `replacing` somebody else has stored at this moment replaces that row: SQLite
    has one writer at a time."""
    if connection.dialect.name == "sqlite":
        return connection.execute(plain_insert(table).returning(*columns), list(rows)).all()
    names = tuple(rows[0])
    back = f" RETURNING {', '.join(_quoted(column.name) for column in columns)}"
    statement = _from_json(table, names, then=_instead(replacing, names) + back)
    return connection.execute(statement, {"rows": _json(list(rows))}).all()


def _instead(replacing: Column[Any] | None, names: tuple[str, ...]) -> str:
    if replacing is None:
        return ""
    new = ", ".join(f"{_quoted(name)} = excluded.{_quoted(name)}" for name in names)
    return f" ON CONFLICT ({_quoted(replacing.name)}) DO UPDATE SET {new}"


@lru_cache
def _from_json(table: Table, names: tuple[str, ...], then: str = "") -> Executable:
    columns = ", ".join(map(_quoted, names))
    typed = ", ".join(f"{_quoted(name)} {_type(table.c[name])}" for name in names)
    return text(
        f"INSERT INTO {_quoted(table.name)} ({columns}) SELECT {columns}"  # noqa: S608 - our names
        f" FROM ROWS FROM (json_to_recordset(:rows) AS ({typed})) WITH ORDINALITY"
        f" ORDER BY ordinality{then}"
    )


def _type(column: Column[Any]) -> str:
    from sqlalchemy.dialects import postgresql

    return column.type.compile(postgresql.dialect())  # type: ignore[no-untyped-call]


def _quoted(name: str) -> str:
    return f'"{name}"'


def _json(rows: Rows) -> str:
    return json.dumps(rows, separators=(",", ":"))
