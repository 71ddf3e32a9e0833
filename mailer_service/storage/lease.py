"""Claim rows for a while: who dies meanwhile gives them back by doing nothing."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, select, true, update


def due(
    connection: Connection,
    table: Table,
    *,
    priorities: Iterable[int],
    now_ms: int,
    limit: int,
    only: ColumnElement[bool] | None = None,
) -> list[int]:
    """The ids of rows that somebody should work on, by priority, the longest waiting first.

    Asked a priority at a time, so that the index finds them however many wait for later.
    """
    found: list[int] = []
    for priority in priorities:
        if len(found) < limit:
            rows = connection.execute(
                select(table.c.id)
                .where(
                    true() if only is None else only,
                    table.c.priority == priority,
                    table.c.due_at_ms <= now_ms,
                )
                .order_by(table.c.due_at_ms)
                .limit(limit - len(found))
            )
            found += rows.scalars()
    return found


def claim(
    connection: Connection, table: Table, row_ids: Iterable[int], *, now_ms: int, lease_ms: int
) -> list[Row[Any]]:
    """Take of these rows those that are due, until `now_ms + lease_ms`, in the order given."""
    wanted = list(row_ids)
    taken = connection.execute(
        update(table)
        .where(table.c.id.in_(wanted), table.c.due_at_ms <= now_ms)
        .values(
            due_at_ms=now_ms + lease_ms,
            version=table.c.version + 1,
            attempts=table.c.attempts + 1,
        )
        .returning(*table.c)
    )
    by_id = {row.id: row for row in taken}
    return [by_id[row_id] for row_id in wanted if row_id in by_id]


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
