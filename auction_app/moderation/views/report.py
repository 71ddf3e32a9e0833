"""The form that tells the house of an item, or of a message about an order."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for

from auction_app.accounts.model import Customer
from auction_app.accounts.visitor import signed_in, visitor
from auction_app.errors import BadInput, NotFound
from auction_app.listings.model import Auction
from auction_app.listings.repository import auctions
from auction_app.moderation.forms import ReportForm
from auction_app.moderation.model import REASONS
from auction_app.moderation.report_item import report_item, report_message
from auction_app.orders.message import Message
from auction_app.orders.model import Order
from auction_app.orders.repository import messages, orders
from auction_app.parts import Parts
from auction_app.web.i18n import _
from auction_app.web.negotiation import page, see_other


def pages(parts: Parts) -> Blueprint:
    """Telling the house of what breaks the rules."""
    views = Blueprint("report", __name__)

    @views.get("/auctions/<string:auction_id>/report")
    def report_form(auction_id: str) -> Response:
        signed_in(parts)
        return _report_page(_auction(parts, auction_id), {})

    @views.post("/auctions/<string:auction_id>/report")
    def report(auction_id: str) -> Response:
        me, auction = signed_in(parts), _auction(parts, auction_id)
        try:
            report_item(parts.store, auction, me, ReportForm.read(request.form))
        except BadInput as error:
            return _report_page(auction, error.fields)
        flash(_("Thank you. Somebody will look at it."))
        return see_other(url_for("items.show", auction_id=auction_id))

    @views.get("/messages/<string:message_id>/report")
    def message_form(message_id: str) -> Response:
        return _message_page(*_message_to(parts, message_id, signed_in(parts)), {})

    @views.post("/messages/<string:message_id>/report")
    def report_one(message_id: str) -> Response:
        me = signed_in(parts)
        message, order = _message_to(parts, message_id, me)
        try:
            report_message(parts.store, message, me, ReportForm.read(request.form))
        except BadInput as error:
            return _message_page(message, order, error.fields)
        flash(_("Thank you. Somebody will look at it."))
        return see_other(url_for("orders.show", order_id=order.id))

    return views


def _message_to(parts: Parts, message_id: str, me: Customer) -> tuple[Message, Order]:
    """What the other side wrote to me, with its order. Raises NotFound: nobody else may read it,
    and nobody reports what they wrote themselves."""
    with parts.store.reading() as conn:
        message = messages.by_id(conn, message_id)
        order = orders.by_id(conn, message.order_id) if message else None
    if message is None or order is None or message.words is None:
        raise NotFound("no such message")
    if order.side_of(me.id) is None or message.author_id == me.id:
        raise NotFound("not a message to them")
    return message, order


def _auction(parts: Parts, auction_id: str) -> Auction:
    who = visitor(parts).customer
    with parts.store.reading() as conn:
        return auctions.shown_to(conn, auction_id, who)


def _report_page(auction: Auction, errors: dict[str, str]) -> Response:
    back = url_for("items.show", auction_id=auction.id)
    return _form(errors, title=auction.title, back=back)


def _message_page(message: Message, order: Order, errors: dict[str, str]) -> Response:
    back = url_for("orders.show", order_id=order.id)
    return _form(errors, title=order.title, back=back, of_message=message)


def _form(errors: dict[str, str], **about: Any) -> Response:
    return page(
        "moderation/report.html",
        422 if errors else 200,
        **about,
        reasons=REASONS,
        form=request.form,
        errors=errors,
    )
