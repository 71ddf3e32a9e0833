"""Claim rows for a while: who dies meanwhile gives them back by doing nothing."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Connection, Integer, Row, Select, Table, bindparam, select, update
from sqlalchemy.sql.dml import ReturningUpdate


def due(
    connection: Connection,
    table: Table,
    *,
    priorities: Iterable[int],
    now_ms: int,
    limit: int,
    **only: str,
) -> list[int]:
    """The ids of rows that somebody should work on, by priority, the longest waiting first;
    `only` those with these values.

    Asked a priority at a time, so that the index finds them however many wait for later.
    """
    found: list[int] = []
    question = _due(table, tuple(only))
    for priority in priorities:
        if len(found) < limit:
            asked = {"now_ms": now_ms, "only_priority": priority, "most": limit - len(found)}
            found += connection.execute(question, asked | only).scalars()
    return found


def claim(
    connection: Connection, table: Table, row_ids: Iterable[int], *, now_ms: int, lease_ms: int
) -> list[Row[Any]]:
    """Take of these rows those that are due, until `now_ms + lease_ms`, in the order given."""
    wanted = list(row_ids)
    taken = connection.execute(
        _claim(table), {"wanted": wanted, "now_ms": now_ms, "until_ms": now_ms + lease_ms}
    )
    by_id = {row.id: row for row in taken}
    return [by_id[row_id] for row_id in wanted if row_id in by_id]


# Built once: every thread that waits for work asks these, and so does every mail.


@cache
def _due(table: Table, only: tuple[str, ...]) -> Select[int]:
    return (
        select(table.c.id)
        .where(
            *(table.c[name] == bindparam(name) for name in only),
            table.c.priority == bindparam("only_priority"),
            table.c.due_at_ms <= bindparam("now_ms"),
        )
        .order_by(table.c.due_at_ms)
        .limit(bindparam("most", type_=Integer))
    )


@cache
def _claim(table: Table) -> ReturningUpdate[Any]:
    return (
        update(table)
        .where(
            table.c.id.in_(bindparam("wanted", expanding=True)),
            table.c.due_at_ms <= bindparam("now_ms"),
        )
        .values(
            due_at_ms=bindparam("until_ms"),
            version=table.c.version + 1,
            attempts=table.c.attempts + 1,
        )
        .returning(*table.c)
    )


def put_off(
    connection: Connection,
    table: Table,
    row_id: int,
    *,
    version: int,
    due_at_ms: int,
    **values: Any,
) -> None:
    """Give the row back until `due_at_ms`, with these values.

    Does nothing when it is done, or was claimed or got news since `version`.
    """
    connection.execute(
        update(table)
        .where(table.c.id == row_id, table.c.version == version, table.c.due_at_ms.is_not(None))
        .values(due_at_ms=due_at_ms, **values)
    )
