"""Payments, checkouts and the provider's events."""

from collections.abc import Sequence
from typing import Any

from service_kit.dialects import insert_new, insert_or
from service_kit.money import Money
from sqlalchemy import Connection, Row, case, delete, func, insert, or_, select, update

from auction_app.db import readable
from auction_app.db.paging import Cursor, paged
from auction_app.db.tables import checkouts, payments, provider_events
from auction_app.payments.model import Checkout, CheckoutStatus, Payment, PaymentStatus


def add(conn: Connection, payment: Payment, *, now_ms: int) -> None:
    """Store what an order's buyer owes, unless it is known."""
    statement = insert_or(conn, payments).values(
        id=payment.id,
        order_url=payment.order_url,
        auction_id=payment.auction_id,
        buyer_id=payment.buyer_id,
        seller_id=payment.seller_id,
        currency=payment.amount.currency,
        amount_minor=payment.amount.amount_minor,
        status=payment.status.value,
        created_at_ms=now_ms,
    )
    conn.execute(statement.on_conflict_do_nothing(index_elements=["order_url"]))


def by_id(conn: Connection, payment_id: str) -> Payment | None:
    """The payment, if there is one."""
    return _payment(conn, payments.c.id == payment_id)


def of_order(conn: Connection, order_url: str) -> Payment | None:
    """An order's payment; None before its buyer wanted to pay."""
    return _payment(conn, payments.c.order_url == order_url)


def page(conn: Connection, *, after: Cursor | None, limit: int) -> list[tuple[Payment, int]]:
    """So many payments after a place, and when each was made, the oldest first."""
    order = (payments.c.created_at_ms, payments.c.id)
    query = paged(select(payments), *order, after=after, limit=limit, rising=True)
    found = readable.filled(conn, query, _payments)
    return [(payment, row.created_at_ms) for payment, row in found]


def locked(conn: Connection, payment_id: str) -> Payment | None:
    """The payment as it is now, which nobody else changes until this transaction ends."""
    conn.execute(select(payments.c.id).where(payments.c.id == payment_id).with_for_update())
    return by_id(conn, payment_id)


_DATED = {PaymentStatus.PAID: "paid_at_ms", PaymentStatus.REFUNDED: "refunded_at_ms"}


def set_status(conn: Connection, payment_id: str, status: PaymentStatus, *, now_ms: int) -> None:
    """Move a payment on; when it was paid, and given back, is kept."""
    dated = {_DATED[status]: now_ms} if status in _DATED else {}
    change = update(payments).where(payments.c.id == payment_id)
    conn.execute(change.values(status=status.value, **dated))


def set_trouble(conn: Connection, payment_id: str, trouble: str) -> None:
    """People have to look at a payment."""
    conn.execute(update(payments).where(payments.c.id == payment_id).values(trouble=trouble))


def in_trouble(
    conn: Connection, *, after: Cursor | None, limit: int
) -> list[tuple[Payment, int, str | None]]:
    """So many payments that people have to look at, the oldest first: when each was made, and the
    provider's name of the checkout that it is about."""
    about = (checkouts.c.payment_id == payments.c.id) & checkouts.c.trouble.is_not(None)
    query = (
        select(payments, func.max(checkouts.c.provider_id).label("provider_id"))
        .outerjoin(checkouts, about)
        .where(payments.c.trouble.is_not(None))
        .group_by(payments.c.id)
    )
    order = (payments.c.created_at_ms, payments.c.id)
    query = paged(query, *order, after=after, limit=limit, rising=True)
    found = readable.filled(conn, query, _payments)
    return [(payment, row.created_at_ms, row.provider_id) for payment, row in found]


def try_again(conn: Connection, payment_id: str, *, now_ms: int) -> None:
    """Forget why people had to look at a payment: its checkouts are looked at anew."""
    conn.execute(update(payments).where(payments.c.id == payment_id).values(trouble=None))
    stuck = (checkouts.c.payment_id == payment_id) & checkouts.c.trouble.is_not(None)
    anew = {"trouble": None, "look_at_ms": now_ms, "failures": 0}
    conn.execute(update(checkouts).where(stuck).values(**anew))


def add_checkout(conn: Connection, checkout: Checkout) -> None:
    """Store a checkout before the provider is asked for it."""
    conn.execute(
        insert(checkouts).values(
            id=checkout.id,
            payment_id=checkout.payment_id,
            status=checkout.status.value,
            created_at_ms=checkout.created_at_ms,
            failures=0,
        )
    )


def open_checkout_of(conn: Connection, payment_id: str, *, made_after_ms: int) -> Checkout | None:
    """The checkout at which a payment can be made now."""
    query = select(checkouts).where(
        checkouts.c.payment_id == payment_id,
        checkouts.c.status == CheckoutStatus.OPEN.value,
        checkouts.c.trouble.is_(None),
        checkouts.c.created_at_ms > made_after_ms,
    )
    row = conn.execute(query.order_by(checkouts.c.created_at_ms.desc()).limit(1)).first()
    return readable.one(checkouts, row, _checkout) if row else None


def paid_checkout_of(conn: Connection, payment_id: str) -> Checkout | None:
    """The checkout by which a payment was made."""
    query = select(checkouts).where(
        checkouts.c.payment_id == payment_id, checkouts.c.status == CheckoutStatus.PAID.value
    )
    row = conn.execute(query).first()
    return readable.one(checkouts, row, _checkout) if row else None


def checkout_by_id(conn: Connection, checkout_id: str) -> Checkout | None:
    """The checkout, if there is one."""
    row = conn.execute(select(checkouts).where(checkouts.c.id == checkout_id)).first()
    return readable.one(checkouts, row, _checkout) if row else None


def is_anothers(conn: Connection, provider_id: str, checkout_id: str) -> bool:
    """Whether the provider has named another checkout so."""
    query = select(checkouts.c.id).where(checkouts.c.provider_id == provider_id)
    return conn.execute(query).scalar() not in {None, checkout_id}


def due(conn: Connection, *, now_ms: int, limit: int) -> list[Checkout]:
    """The checkouts that are to be looked at now, the longest due first."""
    query = select(checkouts).where(checkouts.c.look_at_ms <= now_ms)
    query = query.order_by(checkouts.c.look_at_ms).limit(limit)
    return [checkout for checkout, _ in readable.filled(conn, query, _checkouts)]


def change_checkout(conn: Connection, checkout_id: str, /, **values: Any) -> None:
    """Set columns of a checkout."""
    conn.execute(update(checkouts).where(checkouts.c.id == checkout_id).values(**values))


def close_open_checkouts(conn: Connection, payment_id: str, *, now_ms: int) -> None:
    """Have the open checkouts of a payment closed; those that the provider has opened, now."""
    opened = (checkouts.c.payment_id == payment_id, checkouts.c.status == CheckoutStatus.OPEN.value)
    look_at_ms = case((checkouts.c.provider_id.is_not(None), now_ms))
    values = {"status": CheckoutStatus.CLOSING.value, "look_at_ms": look_at_ms, "failures": 0}
    conn.execute(update(checkouts).where(*opened, checkouts.c.trouble.is_(None)).values(values))


def look_again(
    conn: Connection, looked_at: Checkout, *, at_ms: int | None, failures: int = 0
) -> None:
    """When a checkout is to be looked at next, unless somebody asked for a look meanwhile."""
    conn.execute(
        update(checkouts)
        .where(checkouts.c.id == looked_at.id, checkouts.c.look_at_ms == looked_at.look_at_ms)
        .values(look_at_ms=at_ms, failures=failures)
    )


def look_now(conn: Connection, checkout_id: str, *, now_ms: int) -> None:
    """A checkout is to be looked at, if there is anything to expect of it."""
    conn.execute(
        update(checkouts)
        .where(checkouts.c.id == checkout_id, checkouts.c.look_at_ms.is_not(None))
        .values(look_at_ms=now_ms, failures=0)
    )


def take_event(conn: Connection, event_id: str, *, now_ms: int) -> bool:
    """Note an event of the provider; False when it has come before."""
    return insert_new(conn, provider_events, {"id": event_id, "at_ms": now_ms}, same=("id",))


def forget_events(conn: Connection, *, before_ms: int) -> None:
    """Forget events that won't be sent again."""
    conn.execute(delete(provider_events).where(provider_events.c.at_ms < before_ms))


def of_customer(conn: Connection, customer_id: str) -> list[Payment]:
    """All that a customer has paid or been paid."""
    mine = or_(payments.c.buyer_id == customer_id, payments.c.seller_id == customer_id)
    query = select(payments).where(mine).order_by(payments.c.created_at_ms)
    return [payment for payment, _ in readable.each(payments, conn.execute(query), _read)]


def _payment(conn: Connection, where: Any) -> Payment | None:
    row = conn.execute(select(payments).where(where)).first()
    return readable.one(payments, row, _read) if row else None


def _payments(rows: Sequence[Row[Any]]) -> list[tuple[Payment, Row[Any]]]:
    return list(readable.each(payments, rows, _read))


def _checkouts(rows: Sequence[Row[Any]]) -> list[tuple[Checkout, Row[Any]]]:
    return list(readable.each(checkouts, rows, _checkout))


def _read(row: Row[Any]) -> Payment:
    return Payment(
        id=row.id,
        order_url=row.order_url,
        auction_id=row.auction_id,
        buyer_id=row.buyer_id,
        seller_id=row.seller_id,
        amount=Money(row.amount_minor, row.currency),
        status=PaymentStatus(row.status),
        trouble=row.trouble,
        paid_at_ms=row.paid_at_ms,
        refunded_at_ms=row.refunded_at_ms,
    )


def _checkout(row: Row[Any]) -> Checkout:
    return Checkout(
        id=row.id,
        payment_id=row.payment_id,
        status=CheckoutStatus(row.status),
        created_at_ms=row.created_at_ms,
        provider_id=row.provider_id,
        url=row.url,
        charge_id=row.charge_id,
        trouble=row.trouble,
        failures=row.failures,
        look_at_ms=row.look_at_ms,
    )
