"""Entities of other services that changed and wait to be fetched."""

import secrets
from dataclasses import dataclass

from service_kit.dialects import insert_or
from sqlalchemy import ColumnElement, Connection, delete, select, update

from auction_app.db.tables import stale_entities


@dataclass(frozen=True)
class StaleEntity:
    """`kind` says what the URL names; `notice_id` is the notice that a fetch will answer."""

    url: str
    kind: str
    notice_id: int
    failures: int


def notice(conn: Connection, kind: str, url: str, *, now_ms: int) -> None:
    """Note that an entity changed: it is due at once, however often it failed before."""
    statement = insert_or(conn, stale_entities).values(
        url=url, kind=kind, notice_id=secrets.randbits(62), failures=0, due_at_ms=now_ms
    )
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["url"],
            set_={
                "notice_id": statement.excluded.notice_id,
                "failures": 0,
                "due_at_ms": now_ms,
            },
        )
    )


def notice_unless_waiting(conn: Connection, kind: str, url: str, *, now_ms: int) -> None:
    """Note that an entity may have changed; one that waits already keeps its turn."""
    waiting = select(stale_entities.c.url).where(stale_entities.c.url == url)
    if conn.execute(waiting).first() is None:
        notice(conn, kind, url, now_ms=now_ms)


def due(conn: Connection, *, now_ms: int, limit: int) -> list[StaleEntity]:
    """What is to be fetched now, the longest due first."""
    query = (
        select(stale_entities)
        .where(stale_entities.c.due_at_ms <= now_ms)
        .order_by(stale_entities.c.due_at_ms)
        .limit(limit)
    )
    return [
        StaleEntity(row.url, row.kind, row.notice_id, row.failures) for row in conn.execute(query)
    ]


def settle(conn: Connection, entity: StaleEntity) -> None:
    """Forget an entity that was fetched, unless it was noticed again meanwhile."""
    conn.execute(delete(stale_entities).where(*_same_notice(entity)))


def put_off(conn: Connection, entity: StaleEntity, *, until_ms: int) -> None:
    """Try an entity again later, unless it was noticed again meanwhile."""
    conn.execute(
        update(stale_entities)
        .where(*_same_notice(entity))
        .values(failures=entity.failures + 1, due_at_ms=until_ms)
    )


def _same_notice(entity: StaleEntity) -> tuple[ColumnElement[bool], ...]:
    return (
        stale_entities.c.url == entity.url,
        stale_entities.c.notice_id == entity.notice_id,
    )
