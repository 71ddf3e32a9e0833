"""What a seller has listed, with what came of each."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Label, Select, and_, func, not_, select

from auction_app.db.paging import Cursor, paged
from auction_app.db.tables import auctions, biddings, orders, questions, watches
from auction_app.listings.repository.rows import read_with_rows, select_auctions
from auction_app.selling.model import Sale

SALES = ("open", "sold", "unsold")


def sales_that(state: str, *, now_ms: int) -> ColumnElement[bool]:
    """Auctions of a seller that are still open (or about to be), sold, or not sold."""
    closed = auctions.c.closed_at_ms.is_not(None)
    sold = and_(closed, biddings.c.outcome == "sold")
    running = and_(not_(closed), auctions.c.current_ends_at_ms > now_ms)
    return {"open": running, "sold": sold, "unsold": and_(closed, biddings.c.outcome != "sold")}[
        state
    ]


def of_seller(
    conn: Connection,
    seller_id: str,
    *,
    after: Cursor | None,
    limit: int,
    only: ColumnElement[bool] | None = None,
) -> list[Sale]:
    """A seller's auctions, running and ended, or `only` some of them (of their state), newest
    first."""
    query = select_auctions().add_columns(*_what_came_of_it())
    query = query.where(auctions.c.seller_id == seller_id)
    if only is not None:
        query = query.where(only)
    by = auctions.c.created_at_ms
    page = paged(query, by, auctions.c.id, after=after, limit=limit)
    return [
        Sale(
            auction=auction,
            watchers=row.watchers,
            unanswered=row.unanswered,
            order_id=row.order_id,
            order_status=row.order_status,
        )
        for auction, row in read_with_rows(conn, page)
    ]


def _what_came_of_it() -> tuple[Label[Any], ...]:
    of_it = orders.c.auction_id == auctions.c.id
    latest = orders.c.created_at_ms.desc()
    watching = select(func.count()).where(watches.c.auction_id == auctions.c.id)
    asked = (questions.c.auction_id == auctions.c.id, questions.c.answer.is_(None))
    return (
        watching.scalar_subquery().label("watchers"),
        select(func.count()).where(*asked).scalar_subquery().label("unanswered"),
        _first(select(orders.c.id).where(of_it).order_by(latest), "order_id"),
        _first(select(orders.c.status).where(of_it).order_by(latest), "order_status"),
    )


def _first(query: Select[Any], name: str) -> Label[Any]:
    return query.limit(1).scalar_subquery().label(name)
