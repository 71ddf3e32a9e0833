"""The auctions that a customer has bid in, and where the bidder stands there."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Label,
    Select,
    and_,
    exists,
    false,
    func,
    not_,
    or_,
    select,
)

from auction_app.bidding.model import OPEN_OFFER, Participation
from auction_app.db.paging import Cursor, paged
from auction_app.db.tables import auctions, biddings, orders, participations, second_chances
from auction_app.listings.repository.rows import read_with_rows, select_auctions
from auction_app.orders.model import OrderStatus

_STATUSES = frozenset(OrderStatus)
BIDS = ("winning", "outbid", "won", "lost")


def bids_that(state: str, customer_id: str, *, now_ms: int) -> ColumnElement[bool]:
    """Auctions in which a bidder stands so, as `Auction.standing_of` has it; one whose outcome is
    not known yet is in none."""
    leads = func.coalesce(biddings.c.leader_id == customer_id, false())
    closed = auctions.c.closed_at_ms.is_not(None)
    ended = or_(closed, auctions.c.current_ends_at_ms <= now_ms)
    won = or_(and_(closed, leads, biddings.c.outcome == "sold"), _bought(customer_id))
    return {
        "winning": and_(not_(ended), leads),
        "outbid": and_(not_(ended), not_(leads)),
        "won": won,
        "lost": and_(ended, not_(won), or_(closed, not_(leads))),
    }[state]


def of_bidder(
    conn: Connection,
    customer_id: str,
    *,
    after: Cursor | None,
    limit: int,
    now_ms: int,
    only: ColumnElement[bool] | None = None,
) -> list[Participation]:
    """The auctions that a customer has bid in, or `only` some of them (of their state), the latest
    bid first."""
    last = participations.c.last_bid_at_ms
    query = (
        select_auctions()
        .add_columns(last, *_what_came_of_it(customer_id, now_ms))
        .join(participations, participations.c.auction_id == auctions.c.id)
        .where(participations.c.customer_id == customer_id)
    )
    if only is not None:
        query = query.where(only)
    query = paged(query, last, participations.c.auction_id, after=after, limit=limit)
    return [
        Participation(
            customer_id=customer_id,
            auction=auction,
            last_bid_at_ms=row.last_bid_at_ms,
            bought=bool(row.bought),
            order_id=row.order_id,
            order_status=row.order_status if row.order_status in _STATUSES else None,
            offer_id=row.offer_id,
        )
        for auction, row in read_with_rows(conn, query)
    ]


def _what_came_of_it(customer_id: str, now_ms: int) -> tuple[Label[Any], ...]:
    """The latest order of which the customer is the buyer, and the offer that waits for them."""
    mine = (orders.c.auction_id == auctions.c.id, orders.c.buyer_id == customer_id)
    latest = orders.c.created_at_ms.desc()
    offered = (
        second_chances.c.auction_id == auctions.c.id,
        second_chances.c.bidder_id == customer_id,
        second_chances.c.status == OPEN_OFFER,
        second_chances.c.expires_at_ms > now_ms,
    )
    return (
        _bought(customer_id).label("bought"),
        _first(select(orders.c.id).where(*mine).order_by(latest), "order_id"),
        _first(select(orders.c.status).where(*mine).order_by(latest), "order_status"),
        _first(select(second_chances.c.id).where(*offered), "offer_id"),
    )


def _first(query: Select[Any], name: str) -> Label[Any]:
    return query.limit(1).scalar_subquery().label(name)


def _bought(customer_id: str) -> ColumnElement[bool]:
    """By a second chance: the bidding itself went another way."""
    return exists().where(
        orders.c.auction_id == auctions.c.id,
        orders.c.buyer_id == customer_id,
        orders.c.status != OrderStatus.CANCELLED.value,
        orders.c.sold_by != biddings.c.url,
    )
