"""SQL of planned maintenance."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from auction_app.db import readable
from auction_app.db.tables import announcements
from auction_app.errors import NotFound
from auction_app.maintenance.model import Maintenance
from auction_app.web.i18n import LANGUAGES


def add(conn: Connection, planned: Maintenance, *, author_id: str, now_ms: int) -> None:
    """Store what was announced."""
    conn.execute(
        insert(announcements).values(
            id=planned.id,
            author_id=author_id,
            from_ms=planned.from_ms,
            until_ms=planned.until_ms,
            words=dict(planned.words),
            announced_at_ms=now_ms,
        )
    )


def by_id(conn: Connection, id: str) -> Maintenance:
    """Raises NotFound, SpoiltRow."""
    row = conn.execute(select(announcements).where(announcements.c.id == id)).first()
    if row is None:
        raise NotFound("no such announcement")
    return readable.one(announcements, row, _as_maintenance)


def to_come(conn: Connection, *, now_ms: int, limit: int) -> list[Maintenance]:
    """What is announced and not over, the next first."""
    query = select(announcements).where(
        announcements.c.ended_at_ms.is_(None), announcements.c.until_ms > now_ms
    )
    query = query.order_by(announcements.c.from_ms, announcements.c.id).limit(limit)
    return readable.filled(conn, query, _read)


def end(conn: Connection, id: str, *, now_ms: int) -> bool:
    """Call it off, or end it; False when that was done."""
    open_ = (announcements.c.id == id, announcements.c.ended_at_ms.is_(None))
    return conn.execute(update(announcements).where(*open_).values(ended_at_ms=now_ms)).rowcount > 0


def _read(rows: Sequence[Row[Any]]) -> list[Maintenance]:
    return [it for it, _ in readable.each(announcements, rows, _as_maintenance)]


def _as_maintenance(row: Row[Any]) -> Maintenance:
    return Maintenance(
        id=row.id,
        from_ms=row.from_ms,
        until_ms=row.until_ms,
        words={language: str(row.words[language]) for language in LANGUAGES},
        ended_at_ms=row.ended_at_ms,
    )
