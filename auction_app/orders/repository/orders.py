"""Orders with their steps."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from service_kit.money import Money
from sqlalchemy import Connection, Row, Select, exists, func, insert, literal, or_, select, update

from auction_app.db import readable
from auction_app.db.paging import Cursor, paged
from auction_app.db.tables import (
    auctions,
    customers,
    order_requests,
    orders,
    participations,
    payments,
    second_chances,
)
from auction_app.db.turns import take_turn
from auction_app.devices.repository import latest_sale
from auction_app.listings.terms import COLLECTION, Details
from auction_app.orders.model import (
    UNPAID_YET,
    Because,
    Order,
    OrderStatus,
    Side,
    may_give_feedback,
)
from auction_app.orders.repository import addresses, parcels, reminders, requests, steps
from auction_app.payments.model import PaymentStatus

_sellers, _buyers = customers.alias("sellers"), customers.alias("buyers")


def add(conn: Connection, order: Order, *, sold_by: str, now_ms: int) -> bool:
    """Store a new order with its first step; False when that sale has one already."""
    take_turn(conn, f"sale of {order.seller_id}")
    known = select(orders.c.id).where(orders.c.sold_by == sold_by)
    if conn.execute(known).first() is not None:
        return False
    conn.execute(
        insert(orders).values(
            id=order.id,
            sale_number=latest_sale(conn, order.seller_id) + 1,
            sold_by=sold_by,
            auction_id=order.auction_id,
            seller_id=order.seller_id,
            buyer_id=order.buyer_id,
            currency=order.price.currency,
            price_minor=order.price.amount_minor,
            status=order.status.value,
            created_at_ms=now_ms,
        )
    )
    steps.add(conn, order.id, order.status, "house", now_ms)
    return True


def by_id(conn: Connection, order_id: str) -> Order | None:
    """The order, if there is one. Raises SpoiltRow."""
    rows = conn.execute(_select().where(orders.c.id == order_id)).all()
    return readable.one(orders, rows[0], _maker(conn, rows)) if rows else None


def paid_without_a_step(
    conn: Connection, unpaid: Iterable[OrderStatus], *, order_url: str
) -> list[str]:
    """Ids of the payments that were made for orders of these statuses; `order_url` is what orders'
    URLs begin with."""
    query = (
        select(payments.c.id)
        .join(orders, payments.c.order_url == literal(order_url).concat(orders.c.id))
        .where(
            orders.c.status.in_(one.value for one in unpaid),
            payments.c.status == PaymentStatus.PAID.value,
        )
    )
    return list(conn.execute(query).scalars())


def locked(conn: Connection, order_id: str) -> Order | None:
    """The order as it is now, which nobody else changes until this transaction ends."""
    conn.execute(select(orders.c.id).where(orders.c.id == order_id).with_for_update())
    return by_id(conn, order_id)


def of_customer(
    conn: Connection, customer_id: str, *, after: Cursor | None, limit: int
) -> list[tuple[Order, int]]:
    """What a customer bought and sold with when it was agreed (ms), newest first."""
    made = orders.c.created_at_ms
    query = _select().where(_mine(customer_id))
    return _read_with_time(conn, paged(query, made, orders.c.id, after=after, limit=limit))


def sales_after(
    conn: Connection, seller_id: str, number: int, *, limit: int
) -> list[tuple[int, Order]]:
    """A seller's sales with their numbers, from the one after `number` on, in order. A sale gets
    its number as it becomes visible, so none is ever added below one that somebody has read."""
    theirs = (orders.c.seller_id == seller_id, orders.c.sale_number > number)
    query = _select().where(*theirs).order_by(orders.c.sale_number).limit(limit)
    return [(row.sale_number, order) for order, row in _read_with_rows(conn, query)]


def latest_of(conn: Connection, customer_id: str, auction_id: str) -> str | None:
    """The id of a customer's latest order of an item, on either side of it."""
    query = select(orders.c.id).where(_mine(customer_id), orders.c.auction_id == auction_id)
    latest = query.order_by(orders.c.created_at_ms.desc()).limit(1)
    return conn.execute(latest).scalar_one_or_none()


def unpaid_sales(conn: Connection, seller_id: str) -> list[Order]:
    """A seller's orders that nobody has paid for."""
    return _read(conn, _select().where(orders.c.seller_id == seller_id, _unpaid()))


def to_remind(conn: Connection, *, now_ms: int, limit: int) -> list[tuple[Order, int]]:
    """The unpaid orders that are to be looked at by now, and not on hold; with when each was made
    (ms), those waiting longest first."""
    query = _select().where(
        orders.c.status == OrderStatus.AGREED.value,
        orders.c.remind_at_ms <= now_ms,
        auctions.c.hidden_at_ms.is_(None),
    )
    return _read_with_time(conn, query.order_by(orders.c.remind_at_ms).limit(limit))


def set_due(conn: Connection, order_id: str, *, at_ms: int, look_at_ms: int) -> None:
    """Until when an order is to be paid, and when to look whether its buyer is to be reminded."""
    values = {"due_at_ms": at_ms, "remind_at_ms": look_at_ms}
    conn.execute(update(orders).where(orders.c.id == order_id).values(values))


def remind_next(conn: Connection, order_id: str, *, at_ms: int | None) -> None:
    """When to look next."""
    conn.execute(update(orders).where(orders.c.id == order_id).values(remind_at_ms=at_ms))


def name_postage(conn: Connection, order_id: str, postage_minor: int) -> None:
    """What the delivery of an order costs."""
    conn.execute(update(orders).where(orders.c.id == order_id).values(postage_minor=postage_minor))


def unpaid_of_item(conn: Connection, auction_id: str) -> list[Order]:
    """The orders of an item that nobody has paid for."""
    return _read(conn, _select().where(orders.c.auction_id == auction_id, _unpaid()))


def count_open(conn: Connection, customer_id: str) -> int:
    """How many orders of a customer are not over yet."""
    over = [it.value for it in OrderStatus if may_give_feedback(it)]
    comes_back = exists().where(
        order_requests.c.order_id == orders.c.id,
        order_requests.c.kind == "return",
        order_requests.c.answer == "accept",
        orders.c.status == OrderStatus.RECEIVED.value,
    )
    query = (
        select(func.count())
        .select_from(orders)
        .where(_mine(customer_id), or_(orders.c.status.not_in(over), comes_back))
    )
    return conn.execute(query).scalar_one()


def set_status(
    conn: Connection,
    order: Order,
    status: OrderStatus,
    *,
    by: Side,
    now_ms: int,
    because: Because | None = None,
) -> None:
    """Set an order to a status that it never had."""
    conn.execute(update(orders).where(orders.c.id == order.id).values(status=status.value))
    steps.add(conn, order.id, status, by, now_ms, because)


def sales_of(conn: Connection, seller_id: str) -> int:
    """How often a customer has sold something and did not call it off."""
    kept = (orders.c.seller_id == seller_id, orders.c.status != OrderStatus.CANCELLED.value)
    return conn.execute(select(func.count()).select_from(orders).where(*kept)).scalar_one()


def participants(conn: Connection, auction_id: str) -> list[str]:
    """Everybody who has bid in an auction."""
    query = select(participations.c.customer_id).where(participations.c.auction_id == auction_id)
    return list(conn.execute(query).scalars())


def _unpaid() -> Any:
    return orders.c.status.in_([status.value for status in UNPAID_YET])


def _mine(customer_id: str) -> Any:
    return or_(orders.c.seller_id == customer_id, orders.c.buyer_id == customer_id)


def _select() -> Select[Any]:
    return (
        select(
            orders,
            auctions.c.title,
            auctions.c.hidden_at_ms,
            second_chances.c.url.label("offer_url"),
            auctions.c.delivery,
            auctions.c.postage_minor.label("listed_postage_minor"),
            _sellers.c.name.label("seller_name"),
            _buyers.c.name.label("buyer_name"),
        )
        .join(auctions, auctions.c.id == orders.c.auction_id)
        .join(_sellers, _sellers.c.id == orders.c.seller_id)
        .join(_buyers, _buyers.c.id == orders.c.buyer_id)
        .outerjoin(second_chances, second_chances.c.url == orders.c.sold_by)
    )


def _read(conn: Connection, query: Select[Any]) -> list[Order]:
    return [order for order, _ in _read_with_rows(conn, query)]


def _read_with_time(conn: Connection, query: Select[Any]) -> list[tuple[Order, int]]:
    return [(order, row.created_at_ms) for order, row in _read_with_rows(conn, query)]


def _read_with_rows(conn: Connection, query: Select[Any]) -> list[tuple[Order, Row[Any]]]:
    return readable.filled(conn, query, partial(_as_orders, conn))


def _as_orders(conn: Connection, rows: Sequence[Row[Any]]) -> list[tuple[Order, Row[Any]]]:
    return list(readable.each(orders, rows, _maker(conn, rows)))


def _maker(conn: Connection, rows: Sequence[Row[Any]]) -> Callable[[Row[Any]], Order]:
    ids = [row.id for row in rows]
    taken, asked = steps.of_orders(conn, ids), requests.on_orders(conn, ids)
    sent = parcels.of_orders(conn, ids)
    sent_to, reminded = addresses.of_orders(conn, ids), reminders.of_orders(conn, ids)

    def make(row: Row[Any]) -> Order:
        return Order(
            id=row.id,
            auction_id=row.auction_id,
            title=row.title,
            seller_id=row.seller_id,
            seller_name=row.seller_name,
            buyer_id=row.buyer_id,
            buyer_name=row.buyer_name,
            price=Money(row.price_minor, row.currency),
            status=OrderStatus(row.status),
            steps=steps.read(taken.get(row.id, ())),
            requests=requests.read(asked[row.id]),
            postage=_postage(row),
            offer_url=row.offer_url,
            on_hold=row.hidden_at_ms is not None,
            is_named_later=row.postage_minor is not None,
            is_collected=row.delivery == COLLECTION,
            address=sent_to.get(row.id),
            parcel=sent.get((row.id, "out")),
            parcel_back=sent.get((row.id, "back")),
            due_at_ms=row.due_at_ms,
            reminded=reminded.get(row.id, ()),
        )

    return make


def _postage(row: Row[Any]) -> Money | None:
    if row.postage_minor is not None:
        return Money(row.postage_minor, row.currency)
    details = Details(delivery=row.delivery, postage_minor=row.listed_postage_minor)
    return details.postage_cost(row.currency)
