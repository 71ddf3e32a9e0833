"""The versions of the house's pages."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select
from sqlalchemy.exc import IntegrityError

from auction_app.db import readable
from auction_app.db.tables import customers, house_pages
from auction_app.errors import NotFound, SpoiltRow
from auction_app.house_pages.model import SHIPPED, HousePage
from auction_app.house_pages.shipped import shipped
from auction_app.web.i18n import LANGUAGES

_LOOKED_AT = 50


def current(conn: Connection, name: str) -> HousePage:
    """The page as it is now: as it was before, where that is spoilt."""
    newest = select(func.max(house_pages.c.version)).where(house_pages.c.name == name)
    try:
        found = _read(conn, name, house_pages.c.version == newest.scalar_subquery())
    except SpoiltRow:
        found = _newest_readable(conn, name)
    return found or shipped(name)


def of_version(conn: Connection, name: str, version: int) -> HousePage:
    """The page as it was. Raises NotFound, SpoiltRow."""
    if version == SHIPPED:
        return shipped(name)
    found = _read(conn, name, house_pages.c.version == version)
    if found is None:
        raise NotFound("no such version")
    return found


def versions(conn: Connection, name: str, *, limit: int) -> list[HousePage]:
    """The latest versions, without their texts, the latest first."""
    query = (
        select(house_pages.c.version, house_pages.c.at_ms, customers.c.name.label("editor"))
        .join(customers, customers.c.id == house_pages.c.editor_id)
        .where(house_pages.c.name == name)
        .distinct()
        .order_by(house_pages.c.version.desc())
        .limit(limit)
    )

    def as_version(row: Row[Any]) -> HousePage:
        return HousePage(name=name, texts={}, **row._mapping)

    return [it for it, _ in readable.each(house_pages, conn.execute(query), as_version)]


def add(
    conn: Connection,
    name: str,
    version: int,
    texts: Mapping[str, str],
    *,
    editor_id: str,
    now_ms: int,
) -> bool:
    """Store a new version; False when somebody was quicker."""
    rows = [
        {
            "name": name,
            "version": version,
            "language": language,
            "text": text,
            "editor_id": editor_id,
            "at_ms": now_ms,
        }
        for language, text in texts.items()
    ]
    try:
        with conn.begin_nested():
            conn.execute(insert(house_pages), rows)
    except IntegrityError:
        return False
    return True


def _newest_readable(conn: Connection, name: str) -> HousePage | None:
    for known in versions(conn, name, limit=_LOOKED_AT):
        with suppress(SpoiltRow):
            return _read(conn, name, house_pages.c.version == known.version)
    return None


def _read(conn: Connection, name: str, which: Any) -> HousePage | None:
    query = (
        select(house_pages, customers.c.name.label("editor"))
        .join(customers, customers.c.id == house_pages.c.editor_id)
        .where(house_pages.c.name == name, which)
    )
    rows: list[Row[Any]] = list(conn.execute(query))
    return readable.one(house_pages, rows[0], partial(_as_page, rows)) if rows else None


def _as_page(rows: Sequence[Row[Any]], first: Row[Any]) -> HousePage:
    said = {row.language: row.text for row in rows}
    return HousePage(
        name=first.name,
        version=first.version,
        texts={language: said[language] for language in LANGUAGES},
        editor=first.editor,
        at_ms=first.at_ms,
    )
