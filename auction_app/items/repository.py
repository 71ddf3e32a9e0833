"""What the item page asks of the database at each showing, in one question: the listing, its
seller, what ties its reader to it, and whether bids_service answers."""

from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    ScalarSelect,
    bindparam,
    exists,
    func,
    or_,
    select,
)

from auction_app.bidding.model import OPEN_OFFER
from auction_app.bidding.repository.outages import BIDS
from auction_app.db import readable
from auction_app.db.tables import (
    auctions,
    biddings,
    customers,
    feedback,
    orders,
    outages,
    participations,
    second_chances,
    watches,
)
from auction_app.errors import NotFound
from auction_app.items.model import Item, Seller, Ties
from auction_app.listings.repository.rows import as_auction, select_auctions
from auction_app.orders.model import RATINGS, OrderStatus

_customer: BindParameter[str] = bindparam("customer_id")
_kept = orders.c.status != OrderStatus.CANCELLED.value


def _rated(rating: str) -> ScalarSelect[Any]:
    times = select(func.count()).select_from(feedback)
    mine = feedback.c.about_id == auctions.c.seller_id
    return times.where(mine, feedback.c.rating == rating).scalar_subquery()


def _latest_offer(column: ColumnElement[Any]) -> ScalarSelect[Any]:
    """Of the open offer to the customer that expires last."""
    offers = second_chances.c
    return (
        select(column)
        .where(offers.auction_id == auctions.c.id)
        .where(offers.bidder_id == _customer, offers.status == OPEN_OFFER)
        .order_by(offers.expires_at_ms.desc(), offers.id)
        .limit(1)
        .scalar_subquery()
    )


# Built once: for so small a query, building it costs more than running it.
_ITEM = (
    select_auctions()
    .add_columns(
        exists()
        .where(participations.c.customer_id == _customer)
        .where(participations.c.auction_id == auctions.c.id)
        .label("took_part"),
        exists()
        .where(watches.c.customer_id == _customer, watches.c.auction_id == auctions.c.id)
        .label("watching"),
        select(orders.c.id)
        .where(orders.c.auction_id == auctions.c.id)
        .where(or_(orders.c.seller_id == _customer, orders.c.buyer_id == _customer))
        .order_by(orders.c.created_at_ms.desc())
        .limit(1)
        .scalar_subquery()
        .label("order_id"),
        exists()
        .where(orders.c.auction_id == auctions.c.id, orders.c.buyer_id == _customer, _kept)
        .where(orders.c.sold_by != biddings.c.url)
        .label("bought"),
        _latest_offer(second_chances.c.id).label("offer_id"),
        _latest_offer(second_chances.c.expires_at_ms).label("offer_expires_at_ms"),
        select(outages.c.since_ms)
        .where(outages.c.service == BIDS)
        .scalar_subquery()
        .label("silent_since_ms"),
        customers.c.created_at_ms.label("seller_since_ms"),
        select(func.count())
        .select_from(orders)
        .where(orders.c.seller_id == auctions.c.seller_id, _kept)
        .scalar_subquery()
        .label("seller_sales"),
        *(_rated(rating).label(f"seller_{rating}") for rating in RATINGS),
    )
    .where(auctions.c.id == bindparam("auction_id"))
)


def seen_by(conn: Connection, customer_id: str | None, auction_id: str) -> Item:
    """The item as a customer sees it, or a stranger (None). Raises NotFound,
    SpoiltRow."""
    asked = {"customer_id": customer_id, "auction_id": auction_id}
    row = conn.execute(_ITEM, asked).first()
    if row is None:
        raise NotFound("no such auction")
    auction = as_auction(conn, row)
    tied = Ties(
        took_part=bool(row.took_part),
        watching=bool(row.watching),
        order_id=row.order_id,
        bought=bool(row.bought),
        offer_id=row.offer_id,
        offer_expires_at_ms=row.offer_expires_at_ms,
    )
    seller = Seller(
        since_ms=readable.number(row.seller_since_ms),
        sales=row.seller_sales,
        good=row.seller_good,
        neutral=row.seller_neutral,
        bad=row.seller_bad,
    )
    return Item(auction=auction, seller=seller, ties=tied, silent_since_ms=row.silent_since_ms)
