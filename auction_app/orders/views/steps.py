"""What a side of an order does by itself, and the way from an item to one's order."""

from flask import Blueprint, Response, flash, request, url_for

from auction_app.accounts.visitor import signed_in
from auction_app.orders.advance_order import advance_order
from auction_app.orders.forms import StepForm
from auction_app.orders.labels import noted_word
from auction_app.orders.pay import pay
from auction_app.orders.repository import orders
from auction_app.orders.views.order_page import counted, take_form, to_order
from auction_app.parts import Parts
from auction_app.payments.desk import PaymentDesk
from auction_app.web.negotiation import see_other


def pages(parts: Parts, desk: PaymentDesk | None) -> Blueprint:
    """The way from an item to one's order, and the steps."""
    views = Blueprint("order_steps", __name__)

    @views.get("/auctions/<string:auction_id>/my-order")
    def of_item(auction_id: str) -> Response:
        me = signed_in(parts)
        with parts.store.reading() as conn:
            order_id = orders.latest_of(conn, me.id, auction_id)
        if order_id is None:  # the mail may be here before the order is
            return see_other(url_for("items.show", auction_id=auction_id))
        return to_order(order_id)

    @views.post("/orders/<string:order_id>/steps")
    def step(order_id: str) -> Response:
        me = counted(parts)

        def take() -> None:
            form = StepForm.read(request.form)
            with parts.begin() as act:
                order = advance_order(act, order_id, me, form, takes_payments=desk is not None)
            flash(noted_word(str(order.side_of(me.id))))

        return take_form(parts, desk, order_id, me, "step", take)

    return views


def paying(parts: Parts, desk: PaymentDesk) -> Blueprint:
    """The way from an order to the provider's page."""
    views = Blueprint("order_payment", __name__)

    @views.post("/orders/<string:order_id>/pay")
    def begin(order_id: str) -> Response:
        me = counted(parts)
        return see_other(pay(parts.store, desk.provider, order_id, me, sweep_ms=desk.sweep_ms))

    return views
