"""The versions of the house's pages."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select
from sqlalchemy.exc import IntegrityError

from auction_app.db.tables import customers, house_pages
from auction_app.errors import NotFound
from auction_app.house_pages.model import SHIPPED, HousePage
from auction_app.house_pages.shipped import shipped


def current(conn: Connection, name: str) -> HousePage:
    """The page as it is now."""
    newest = select(func.max(house_pages.c.version)).where(house_pages.c.name == name)
    return _read(conn, name, house_pages.c.version == newest.scalar_subquery()) or shipped(name)


def of_version(conn: Connection, name: str, version: int) -> HousePage:
    """The page as it was. Raises NotFound."""
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
    return [HousePage(name=name, texts={}, **row._mapping) for row in conn.execute(query)]


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


def _read(conn: Connection, name: str, which: Any) -> HousePage | None:
    query = (
        select(house_pages, customers.c.name.label("editor"))
        .join(customers, customers.c.id == house_pages.c.editor_id)
        .where(house_pages.c.name == name, which)
    )
    rows: list[Row[Any]] = list(conn.execute(query))
    if not rows:
        return None
    return HousePage(
        name=name,
        version=rows[0].version,
        texts={row.language: row.text for row in rows},
        editor=rows[0].editor,
        at_ms=rows[0].at_ms,
    )
