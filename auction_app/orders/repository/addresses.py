"""Where orders are sent, and where each customer had things sent last."""

from collections.abc import Mapping, Sequence
from typing import Any

from service_kit.dialects import insert_or
from sqlalchemy import Connection, Row, delete, insert, select

from auction_app.db.tables import addresses, order_addresses, orders
from auction_app.orders.model import Address


def kept_by(conn: Connection, customer_id: str) -> Address | None:
    """Where a customer had things sent last, if ever."""
    query = select(addresses).where(addresses.c.customer_id == customer_id)
    row = conn.execute(query).first()
    return _read(row) if row else None


def keep(conn: Connection, customer_id: str, address: Address) -> None:
    """Remember it for the next order."""
    statement = insert_or(conn, addresses).values(customer_id=customer_id, **vars(address))
    conn.execute(
        statement.on_conflict_do_update(index_elements=["customer_id"], set_=vars(address))
    )


def set_of_order(conn: Connection, order_id: str, address: Address) -> None:
    """Where an order is sent."""
    conn.execute(delete(order_addresses).where(order_addresses.c.order_id == order_id))
    conn.execute(insert(order_addresses).values(order_id=order_id, **vars(address)))


def of_orders(conn: Connection, order_ids: Sequence[str]) -> Mapping[str, Address]:
    """Where each of these orders is sent, as far as that is known."""
    query = select(order_addresses).where(order_addresses.c.order_id.in_(order_ids))
    return {row.order_id: _read(row) for row in conn.execute(query)}


def forget(conn: Connection, customer_id: str) -> None:
    """Drop a customer's address, also from what they have bought."""
    conn.execute(delete(addresses).where(addresses.c.customer_id == customer_id))
    bought = select(orders.c.id).where(orders.c.buyer_id == customer_id)
    conn.execute(delete(order_addresses).where(order_addresses.c.order_id.in_(bought)))


def _read(row: Row[Any]) -> Address:
    return Address(
        name=row.name,
        street=row.street,
        postal_code=row.postal_code,
        city=row.city,
        country=row.country,
    )
