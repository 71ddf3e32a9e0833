"""Under which numbers orders were sent, there and back."""

from collections.abc import Mapping, Sequence
from typing import Literal

from sqlalchemy import Connection, insert, select

from auction_app.db.tables import order_parcels
from auction_app.orders.model import Parcel

Way = Literal["out", "back"]


def add(conn: Connection, order_id: str, way: Way, parcel: Parcel) -> None:
    """Store the parcel of an order, which had none that way."""
    conn.execute(insert(order_parcels).values(order_id=order_id, way=way, **vars(parcel)))


def of_orders(conn: Connection, order_ids: Sequence[str]) -> Mapping[tuple[str, Way], Parcel]:
    """Those of these orders, by order and way."""
    query = select(order_parcels).where(order_parcels.c.order_id.in_(order_ids))
    return {
        (row.order_id, row.way): Parcel(carrier=row.carrier, number=row.number)
        for row in conn.execute(query)
    }
