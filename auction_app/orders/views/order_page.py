"""The page of an order, for one of its sides."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, request, url_for

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.accounts.visitor import signed_in
from auction_app.db.rate_limits import ORDER_STEPS, use_up
from auction_app.errors import BadInput, NotFound
from auction_app.listings.repository import auctions
from auction_app.orders.countries import countries_by_name
from auction_app.orders.message import may_write
from auction_app.orders.model import (
    RATINGS,
    REQUESTS,
    UNPAID_YET,
    Order,
    may_give_feedback,
    may_name_postage,
    may_request,
    may_set_address,
    next_steps,
    waits,
)
from auction_app.orders.pay import may_pay
from auction_app.orders.receipts.receipt import receipt_of
from auction_app.orders.repository import feedback, messages, orders
from auction_app.parts import Parts
from auction_app.payments import repository as payments
from auction_app.payments.desk import PaymentDesk
from auction_app.payments.provider_units import is_chargeable
from auction_app.web.negotiation import page, see_other

LATEST = 20
"""So many messages are on an order's page; the list has them all."""


def order_of(parts: Parts, order_id: str, me: Customer) -> Order:
    """An order of one's own. Raises NotFound, also to strangers."""
    order = any_order(parts, order_id)
    if order.side_of(me.id) is None:
        raise NotFound("somebody else's order")
    return order


def any_order(parts: Parts, order_id: str) -> Order:
    """An order, whosever. Raises NotFound."""
    with parts.store.reading() as conn:
        order = orders.by_id(conn, order_id)
    if order is None:
        raise NotFound("no such order")
    return order


def order_sold_by(parts: Parts, order_id: str, seller_id: str) -> Order:
    """An order of a seller's. Raises NotFound."""
    order = any_order(parts, order_id)
    if order.seller_id != seller_id:
        raise NotFound("not a sale of this seller's")
    return order


def is_paid_here(desk: PaymentDesk | None, order: Order) -> bool:
    """Whether an order is paid at the provider's page, and not noted by hand."""
    return desk is not None and is_chargeable(order.total)


@dataclass(frozen=True)
class Refused:
    """A form that was sent and not taken: its name, and a word for each bad field."""

    form: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


def order_page(
    parts: Parts,
    desk: PaymentDesk | None,
    order: Order,
    me: Customer,
    refused: Refused = Refused(),
) -> Response:
    """What to do next first, then what it costs, then what has happened."""
    side: Any = order.side_of(me.id)
    here = is_paid_here(desk, order)
    with parts.store.reading() as conn:
        said = {given.author_id: given for given in feedback.on_order(conn, order.id)}
        other = customers.by_id(conn, order.other_than(me.id))
        payment = payments.of_order(conn, parts.urls.order(order.id))
        methods = "" if here else auctions.payment_methods(conn, order.auction_id)
        written = messages.latest_on(conn, order.id, limit=LATEST + 1)
    return page(
        "orders/order.html",
        422 if refused.errors else 200,
        order=order,
        side=side,
        other=other,
        steps=next_steps(order, side, by_hand=not here),
        requests=[it for it in order.requests if waits(it, order)],
        may_ask=[kind for kind in REQUESTS if may_request(kind, order, side)],
        is_unpaid=order.status in UNPAID_YET,
        payment=payment,
        may_pay=here and may_pay(order, side, payment),
        is_paid_here=here,
        payment_methods=methods,
        has_receipt=receipt_of(order, payment) is not None,
        history=sorted(_history(order), key=lambda it: it["at_ms"]),
        said=said,
        me=me,
        messages=written[-LATEST:],
        more_messages=len(written) > LATEST,
        may_write=other.deleted_at_ms is None and may_write(order, parts.clock()),
        ratings=RATINGS,
        may_say=may_give_feedback(order.status) and me.id not in said,
        may_set_address=side == "buyer" and may_set_address(order),
        may_name_postage=side == "seller" and may_name_postage(order),
        countries=countries_by_name,
        refused=refused,
        form=request.form if refused.errors else {},
    )


def counted(parts: Parts) -> Customer:
    """Who is signed in, and takes one more step. Raises NoSession, TooManyAttempts."""
    me = signed_in(parts)
    use_up(parts.store, ORDER_STEPS, me.id)
    return me


def take_form(
    parts: Parts,
    desk: PaymentDesk | None,
    order_id: str,
    me: Customer,
    form: str,
    take: Callable[[], None],
) -> Response:
    """Back to the order; with what is wrong where the form was not taken."""
    try:
        take()
    except BadInput as error:
        order = order_of(parts, order_id, me)
        return order_page(parts, desk, order, me, Refused(form, error.fields))
    return to_order(order_id)


def to_order(order_id: str) -> Response:
    """Back to an order's page."""
    return see_other(url_for("orders.show", order_id=order_id))


def _history(order: Order) -> Iterator[dict[str, Any]]:
    for step in order.steps:
        yield {"at_ms": step.at_ms, "by": step.by, "status": step.status, "because": step.because}
    for asked in order.requests:
        yield {"at_ms": asked.at_ms, "by": asked.by, "request": asked}
