"""The receipt of an order that was paid, as a page to print and as a PDF."""

from flask import Blueprint, Response
from service_kit.clock import utc

from auction_app.accounts.model import Customer
from auction_app.accounts.visitor import signed_in
from auction_app.errors import NotFound
from auction_app.orders.receipts.receipt import receipt_of
from auction_app.orders.receipts.wording import Wording, put_into_words
from auction_app.orders.views.order_page import order_of
from auction_app.parts import Parts
from auction_app.payments import repository as payments
from auction_app.web.negotiation import page


def pages(parts: Parts) -> Blueprint:
    """Both, for the two sides of the order."""
    views = Blueprint("receipts", __name__)

    @views.get("/orders/<string:order_id>/receipt")
    def show(order_id: str) -> Response:
        return page("orders/receipt.html", order_id=order_id, wording=_wording(parts, order_id))

    @views.get("/orders/<string:order_id>/receipt.pdf")
    def file(order_id: str) -> Response:
        said = _wording(parts, order_id)
        # Here, not above: who never asks for a PDF need not hold a library that makes them.
        from auction_app.orders.receipts.pdf import pdf

        body = pdf(said, made_at=utc(parts.clock()), more_fonts=parts.config.receipt_fonts)
        headers = {
            "Content-Disposition": f'attachment; filename="receipt-{order_id}.pdf"',
            "Cache-Control": "no-store",
        }
        return Response(body, mimetype="application/pdf", headers=headers)

    return views


def _wording(parts: Parts, order_id: str) -> Wording:
    me: Customer = signed_in(parts)
    order = order_of(parts, order_id, me)
    with parts.store.reading() as conn:
        payment = payments.of_order(conn, parts.urls.order(order.id))
    receipt, side = receipt_of(order, payment), order.side_of(me.id)
    if receipt is None or side is None:
        raise NotFound("nothing was paid")
    return put_into_words(receipt, side, page_url=f"{parts.urls.order(order.id)}/receipt")
