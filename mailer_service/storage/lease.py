"""Claim a row for a while: who dies meanwhile gives it back by doing nothing."""

from typing import Any

from sqlalchemy import Connection, Row, Table, select, update


def claim(
    connection: Connection, table: Table, row_id: int, *, now_ms: int, lease_ms: int
) -> Row[Any] | None:
    """Take the row until `now_ms + lease_ms`; None when it is not due, done, or somebody's."""
    return connection.execute(
        update(table)
        .where(table.c.id == row_id, table.c.due_at_ms <= now_ms)
        .values(
            due_at_ms=now_ms + lease_ms,
            version=table.c.version + 1,
            attempts=table.c.attempts + 1,
        )
        .returning(*table.c)
    ).one_or_none()


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


def due(connection: Connection, table: Table, *, now_ms: int, limit: int) -> list[int]:
    """The ids of rows that somebody should work on, the longest waiting first."""
    rows = connection.execute(
        select(table.c.id)
        .where(table.c.due_at_ms <= now_ms)
        .order_by(table.c.due_at_ms)
        .limit(limit)
    )
    return list(rows.scalars())
