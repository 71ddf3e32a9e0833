"""Where an order is sent, and what that costs."""

from flask import Blueprint, Response, flash, request

from auction_app.orders.deliver_to import name_postage, set_address
from auction_app.orders.forms import AddressForm, PostageForm
from auction_app.orders.views.order_page import counted, order_of, take_form
from auction_app.parts import Parts
from auction_app.payments.desk import PaymentDesk
from auction_app.web.forms import Notation
from auction_app.web.i18n import _, currency_symbol, decimal_mark


def pages(parts: Parts, desk: PaymentDesk | None) -> Blueprint:
    """The buyer's address, the seller's price of the delivery."""
    views = Blueprint("order_delivery", __name__)

    @views.post("/orders/<string:order_id>/address")
    def address(order_id: str) -> Response:
        me = counted(parts)

        def take() -> None:
            form = AddressForm.read(request.form)
            with parts.begin() as act:
                set_address(act, order_id, me, form)
            flash(_("Your address is saved."))

        return take_form(parts, desk, order_id, me, "address", take)

    @views.post("/orders/<string:order_id>/postage")
    def postage(order_id: str) -> Response:
        me = counted(parts)
        currency = order_of(parts, order_id, me).price.currency

        def take() -> None:
            notation = Notation(
                currency=currency,
                symbol=currency_symbol(currency),
                decimal_mark=decimal_mark(),
            )
            form = PostageForm.read(request.form, notation)
            with parts.begin() as act:
                name_postage(act, order_id, me, form)
            flash(_("Saved. The buyer has been notified."))

        return take_form(parts, desk, order_id, me, "postage", take)

    return views
