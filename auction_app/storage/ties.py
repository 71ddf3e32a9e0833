"""What ties a customer to a listing, in one question: the item page asks it at each showing."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, exists, or_, select

from auction_app.storage.tables import orders, participations, watches


@dataclass(frozen=True, kw_only=True)
class Ties:
    """`took_part`: has bid there; `order_id`: the latest order of its sale that has the customer
    on one of its sides."""

    took_part: bool = False
    watching: bool = False
    order_id: str | None = None


_customer, _auction = bindparam("customer_id"), bindparam("auction_id")
# Built once: for so small a query, building it costs more than running it.
_TIES = select(
    exists()
    .where(participations.c.customer_id == _customer, participations.c.auction_id == _auction)
    .label("took_part"),
    exists()
    .where(watches.c.customer_id == _customer, watches.c.auction_id == _auction)
    .label("watching"),
    select(orders.c.id)
    .where(
        orders.c.auction_id == _auction,
        or_(orders.c.seller_id == _customer, orders.c.buyer_id == _customer),
    )
    .order_by(orders.c.created_at_ms.desc())
    .limit(1)
    .scalar_subquery()
    .label("order_id"),
)


def of(conn: Connection, customer_id: str, auction_id: str) -> Ties:
    """What there is between the two."""
    row = conn.execute(_TIES, {"customer_id": customer_id, "auction_id": auction_id}).one()
    return Ties(took_part=bool(row.took_part), watching=bool(row.watching), order_id=row.order_id)
