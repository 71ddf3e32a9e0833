"""News for customers on the site."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from service_kit.dialects import insert_new
from service_kit.money import Money
from sqlalchemy import Connection, Row, case, delete, func, select, update

from auction_app.db import readable
from auction_app.db.ids import new_id
from auction_app.db.paging import Cursor, paged
from auction_app.db.tables import auctions, biddings, bids, customers, notices, second_chances
from auction_app.notifications.model import Kind, Notice

_OF_THE_END = ("won", "bought", "lost", "sold", "unsold")


def add(
    conn: Connection,
    customer_id: str,
    kind: Kind,
    *,
    about: str,
    auction_id: str,
    path: str,
    at_ms: int,
    now_ms: int,
) -> bool:
    """Store a notice of what happened `at_ms`; False when there is one of this kind about the same
    entity, or no such customer."""
    if conn.execute(select(customers.c.id).where(customers.c.id == customer_id)).first() is None:
        return False
    row = {
        "id": new_id(),
        "customer_id": customer_id,
        "kind": kind,
        "about": about,
        "auction_id": auction_id,
        "path": path,
        "at_ms": at_ms,
        "noted_at_ms": now_ms,
    }
    return insert_new(conn, notices, row, same=("customer_id", "kind", "about"))


def of_customer(
    conn: Connection, customer_id: str, *, after: Cursor | None, limit: int
) -> list[Notice]:
    """A customer's news, the latest first."""
    ended = case((notices.c.kind.in_(_OF_THE_END), biddings.c.price_minor))
    price = func.coalesce(bids.c.price_minor, second_chances.c.price_minor, ended)
    query = (
        select(notices, auctions.c.title, auctions.c.currency, price.label("price_minor"))
        .join(auctions, auctions.c.id == notices.c.auction_id)
        .outerjoin(biddings, biddings.c.auction_id == auctions.c.id)
        .outerjoin(bids, bids.c.url == notices.c.about)
        .outerjoin(second_chances, second_chances.c.url == notices.c.about)
        .where(notices.c.customer_id == customer_id)
    )
    query = paged(query, notices.c.at_ms, notices.c.id, after=after, limit=limit)
    return readable.filled(conn, query, _as_priced_notices)


def unread_since(
    conn: Connection, customer_id: str, since_ms: int, *, limit: int
) -> list[tuple[Notice, int]]:
    """What a customer was told since then and has not read, with when it was stored (ms), the
    oldest first."""
    query = (
        select(notices, auctions.c.title)
        .join(auctions, auctions.c.id == notices.c.auction_id)
        .where(
            notices.c.customer_id == customer_id,
            notices.c.read_at_ms.is_(None),
            notices.c.noted_at_ms > since_ms,
        )
        .order_by(notices.c.noted_at_ms, notices.c.id)
        .limit(limit)
    )
    found = readable.each(notices, conn.execute(query), _as_notice)
    return [(notice, row.noted_at_ms) for notice, row in found]


def _as_notice(row: Row[Any]) -> Notice:
    return Notice(
        id=row.id,
        kind=row.kind,
        title=row.title,
        path=row.path,
        at_ms=row.at_ms,
        read=row.read_at_ms is not None,
    )


def _as_priced_notices(rows: Sequence[Row[Any]]) -> list[Notice]:
    return [notice for notice, _ in readable.each(notices, rows, _as_priced_notice)]


def _as_priced_notice(row: Row[Any]) -> Notice:
    price = None if row.price_minor is None else Money(row.price_minor, row.currency)
    return replace(_as_notice(row), price=price)


def mark_read(conn: Connection, customer_id: str, *, now_ms: int) -> None:
    """Note that a customer has seen all there are."""
    unread = (notices.c.customer_id == customer_id, notices.c.read_at_ms.is_(None))
    conn.execute(update(notices).where(*unread).values(read_at_ms=now_ms))


def mark_read_at(conn: Connection, customer_id: str, path: str, *, now_ms: int) -> None:
    """Note that a customer has seen what leads to this page."""
    unread = (notices.c.customer_id == customer_id, notices.c.read_at_ms.is_(None))
    conn.execute(update(notices).where(*unread, notices.c.path == path).values(read_at_ms=now_ms))


def forget(conn: Connection, customer_id: str) -> None:
    """Drop a customer's news."""
    conn.execute(delete(notices).where(notices.c.customer_id == customer_id))
