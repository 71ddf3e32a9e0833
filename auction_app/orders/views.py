"""Orders: the list of one's own, one with its steps, and what is said afterwards."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint as PlainBlueprint
from flask import Response, flash, request, url_for
from service_kit.access import permitted, shown_token
from service_kit.openapi import Blueprint

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.accounts.visitor import signed_in
from auction_app.db.rate_limits import ORDER_STEPS, use_up
from auction_app.devices.recognise import recognise
from auction_app.errors import BadInput, NotFound
from auction_app.orders import hal as represent
from auction_app.orders import repository as stored
from auction_app.orders.advance_order import advance_order
from auction_app.orders.forms import FeedbackForm
from auction_app.orders.give_feedback import give_feedback
from auction_app.orders.hal import MyOrdersSchema, OrderSchema
from auction_app.orders.labels import noted_word
from auction_app.orders.model import RATINGS, Order, may_give_feedback, next_steps
from auction_app.orders.pay import may_pay, pay
from auction_app.orders.sales_feed import CURSOR, sales_since
from auction_app.parts import Parts
from auction_app.payments import repository as payments
from auction_app.payments.desk import PaymentDesk
from auction_app.payments.provider_units import is_chargeable
from auction_app.web.i18n import _
from auction_app.web.negotiation import hal, matching, negotiated, page, see_other, wants_hal
from auction_app.web.paging import cursor_from, page_of

PAGE = 24


def api(parts: Parts, desk: PaymentDesk | None) -> Blueprint:
    """Orders' addresses."""
    views = Blueprint("orders", __name__)

    @negotiated(views, "/orders/<string:order_id>", OrderSchema)
    def show(order_id: str) -> Response:
        """A sale and its steps, for its two sides, for a token of scope orders:read, and for a
        device of the seller's."""
        if device := recognise(parts.store, shown_token(request)):
            return hal(
                represent.order(parts.urls, _order_sold_by(parts, order_id, device.owner_id))
            )
        if wants_hal() and permitted("orders:read"):
            return hal(represent.order(parts.urls, _order(parts, order_id)))
        me = signed_in(parts)
        order = _order_of(parts, order_id, me)
        if wants_hal():
            here, by_hand = order.side_of(me.id), not _is_paid_here(desk, order)
            return hal(represent.order(parts.urls, order, side=here, by_hand=by_hand))
        return _order_page(parts, desk, order, me)

    @negotiated(
        views,
        "/my/orders",
        MyOrdersSchema,
        own=True,
        by_device=True,
        paged=True,
        parameters=[matching("since", CURSOR)],
    )
    def mine() -> Response:
        """What the signed-in customer has bought and sold, the latest first; for a device, and with
        `since`, what was sold after that, the oldest first."""
        device, since = recognise(parts.store, shown_token(request)), request.args.get("since")
        if device or since is not None:
            whose = (device.owner_id, device.begins_after) if device else (signed_in(parts).id, 0)
            return hal(_sales(parts, *whose, since))
        me, after = signed_in(parts), cursor_from(request.args)
        with parts.store.reading() as conn:
            found = stored.of_customer(conn, me.id, after=after, limit=PAGE + 1)
        shown, more = page_of(found, PAGE, lambda it: (it[1], it[0].id))
        if wants_hal():
            made = [order for order, _made in shown]
            paid_here = [order.id for order in made if _is_paid_here(desk, order)]
            return hal(represent.my_orders(parts.urls, made, me.id, more, paid_here=paid_here))
        return page("orders/my_orders.html", orders=shown, more=more, me=me)

    return views


def pages(parts: Parts, desk: PaymentDesk | None) -> PlainBlueprint:
    """The way from an item to one's order, the steps and the feedback."""
    views = PlainBlueprint("order_steps", __name__)

    @views.get("/auctions/<string:auction_id>/my-order")
    def of_item(auction_id: str) -> Response:
        me = signed_in(parts)
        with parts.store.reading() as conn:
            order_id = stored.latest_of(conn, me.id, auction_id)
        if order_id is None:  # the mail may be here before the order is
            return see_other(url_for("items.show", auction_id=auction_id))
        return see_other(url_for("orders.show", order_id=order_id))

    @views.post("/orders/<string:order_id>/steps")
    def step(order_id: str) -> Response:
        me, wanted = signed_in(parts), request.form.get("status", "")
        use_up(parts.store, ORDER_STEPS, me.id)
        with parts.begin() as act:
            order = advance_order(act, order_id, me, wanted, takes_payments=desk is not None)
        flash(noted_word(str(order.side_of(me.id))))
        return see_other(url_for("orders.show", order_id=order_id))

    @views.post("/orders/<string:order_id>/feedback")
    def feedback(order_id: str) -> Response:
        me = signed_in(parts)
        try:
            form = FeedbackForm.read(request.form)
            with parts.begin() as act:
                give_feedback(act, order_id, me, form)
        except BadInput as error:
            order = _order_of(parts, order_id, me)
            return _order_page(parts, desk, order, me, errors=error.fields)
        flash(_("Thank you. Your feedback is on the other side's page."))
        return see_other(url_for("orders.show", order_id=order_id))

    return views


def paying(parts: Parts, desk: PaymentDesk) -> PlainBlueprint:
    """The way from an order to the provider's page."""
    views = PlainBlueprint("order_payment", __name__)

    @views.post("/orders/<string:order_id>/pay")
    def begin(order_id: str) -> Response:
        me = signed_in(parts)
        use_up(parts.store, ORDER_STEPS, me.id)
        return see_other(pay(parts.store, desk.provider, order_id, me, sweep_ms=desk.sweep_ms))

    return views


def _sales(parts: Parts, seller_id: str, begins_after: int, since: str | None) -> dict[str, Any]:
    found = sales_since(parts.store, seller_id, since, begins_after=begins_after, limit=PAGE)
    return represent.sales_since(parts.urls, found)


def _is_paid_here(desk: PaymentDesk | None, order: Order) -> bool:
    return desk is not None and is_chargeable(order.total)


def _order(parts: Parts, order_id: str) -> Order:
    with parts.store.reading() as conn:
        order = stored.by_id(conn, order_id)
    if order is None:
        raise NotFound("no such order")
    return order


def _order_sold_by(parts: Parts, order_id: str, seller_id: str) -> Order:
    order = _order(parts, order_id)
    if order.seller_id != seller_id:
        raise NotFound("not a sale of this seller's")
    return order


def _order_of(parts: Parts, order_id: str, me: Customer) -> Order:
    order = _order(parts, order_id)
    if order.side_of(me.id) is None:
        raise NotFound("somebody else's order")
    return order


def _order_page(
    parts: Parts,
    desk: PaymentDesk | None,
    order: Order,
    me: Customer,
    *,
    errors: dict[str, str] | None = None,
) -> Response:
    side: Any = order.side_of(me.id)
    is_paid_here = _is_paid_here(desk, order)
    with parts.store.reading() as conn:
        said = {given.author_id: given for given in stored.feedback_on(conn, order.id)}
        other = customers.by_id(conn, order.other_than(me.id))
        payment = payments.of_order(conn, parts.urls.order(order.id))
    return page(
        "orders/order.html",
        422 if errors else 200,
        order=order,
        me=me,
        side=side,
        other=other,
        steps=next_steps(order.status, side, by_hand=not is_paid_here),
        payment=payment,
        may_pay=is_paid_here and may_pay(order, side, payment),
        is_paid_here=is_paid_here,
        said=said,
        ratings=RATINGS,
        may_say=may_give_feedback(order.status) and me.id not in said,
        form=request.form if errors else {},
        errors=errors or {},
    )


def blueprints(parts: Parts, desk: PaymentDesk | None) -> Iterator[PlainBlueprint]:
    """All addresses of the feature; that to pay at where payments are taken."""
    yield api(parts, desk)
    yield pages(parts, desk)
    if desk is not None:
        yield paying(parts, desk)
