"""What runs, for those who list it all."""

from typing import Any

from sqlalchemy import Connection, Select, select

from auction_app.db.tables import search_entries

_entry = search_entries.c


def firsts(conn: Connection, *, now_ms: int, size: int) -> list[int]:
    """Where each part of so many entries begins; there is one part at least."""
    numbers = conn.execute(_running(now_ms)).scalars().all()
    return list(numbers[::size]) or [0]


def part(conn: Connection, first: int, *, now_ms: int, size: int) -> list[str]:
    """Ids of the running listings of the part that begins there."""
    these = _running(now_ms).add_columns(_entry.auction_id)
    rows = conn.execute(these.where(_entry.number >= first).limit(size))
    return [row.auction_id for row in rows]


def _running(now_ms: int) -> Select[Any]:
    runs = (_entry.starts_at_ms <= now_ms, _entry.ends_at_ms > now_ms)
    return select(_entry.number).where(*runs).order_by(_entry.number)
