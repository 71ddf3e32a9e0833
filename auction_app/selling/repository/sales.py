"""What a seller has listed, with what came of each."""

from typing import Any

from service_kit.money import Money
from sqlalchemy import ColumnElement, Connection, Label, Select, and_, func, not_, select

from auction_app.db.paging import Cursor, paged
from auction_app.db.tables import auctions, biddings, orders, questions, watches
from auction_app.listings.repository.rows import read_with_rows, select_auctions
from auction_app.selling.model import Sale, SalesTotal, Total

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


def totals_of(conn: Connection, seller_id: str, *, since_ms: int) -> list[SalesTotal]:
    """What a seller has sold since a time and was not called off, what is to be paid yet, and what
    is paid and to be shipped; nothing for who has sold nothing yet."""
    called_off = orders.c.status.in_(["cancelled", "returned"])
    each: dict[Total, ColumnElement[bool]] = {
        Total.SOLD: and_(orders.c.created_at_ms >= since_ms, not_(called_off)),
        Total.AWAITING_PAYMENT: and_(
            orders.c.status.in_(["agreed", "unpaid"]),
            auctions.c.hidden_at_ms.is_(None),
        ),
        Total.TO_SHIP: orders.c.status == "paid",
    }
    found = [_total(conn, what, seller_id, those) for what, those in each.items()]
    return found if any(total.orders for total in found) else []


def _total(conn: Connection, what: Total, seller_id: str, those: ColumnElement[bool]) -> SalesTotal:
    query = (
        select(orders.c.currency, func.count().label("n"), func.sum(orders.c.price_minor))
        .join(auctions, auctions.c.id == orders.c.auction_id)
        .where(orders.c.seller_id == seller_id, those)
        .group_by(orders.c.currency)
        .order_by(func.count().desc(), orders.c.currency)
    )
    rows = conn.execute(query).all()
    sums = tuple(Money(int(minor), currency) for currency, _, minor in rows)
    return SalesTotal(what=what, orders=sum(row.n for row in rows), sums=sums)


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
