"""What the two sides of an order write to each other."""

from flask import Blueprint as PlainBlueprint
from flask import Response, flash, request, url_for
from service_kit.access import permitted
from service_kit.openapi import Blueprint

from auction_app.accounts.visitor import signed_in
from auction_app.db.paging import Cursor
from auction_app.errors import NotFound
from auction_app.orders import message_hal as represent
from auction_app.orders.forms import MessageForm
from auction_app.orders.labels import sent_word
from auction_app.orders.message_hal import MessageSchema, MessagesSchema
from auction_app.orders.repository import messages
from auction_app.orders.views.order_page import any_order, order_of, take_form
from auction_app.orders.write_message import write_message
from auction_app.parts import Parts
from auction_app.payments.desk import PaymentDesk
from auction_app.web.negotiation import hal, negotiated, page, see_other, wants_hal
from auction_app.web.paging import as_text, cursor_from, page_of

PAGE = 50
_AFTER_ALL_IDS = 16 * "z"


def api(parts: Parts) -> Blueprint:
    """A message's address, which mails are about, and the list of an order's."""
    views = Blueprint("order_messages", __name__)

    @negotiated(views, "/messages/<string:message_id>", MessageSchema)
    def show(message_id: str) -> Response:
        """A message, for its two sides."""
        with parts.store.reading() as conn:
            found = messages.by_id(conn, message_id)
        if found is None:
            raise NotFound("no such message")
        if wants_hal() and permitted("customers:read_contact"):
            return hal(represent.message(parts.urls, found, any_order(parts, found.order_id)))
        order = order_of(parts, found.order_id, signed_in(parts))
        if wants_hal():
            return hal(represent.message(parts.urls, found, order))
        before = as_text(Cursor(found.at_ms - 1, _AFTER_ALL_IDS))
        return see_other(url_for("order_messages.listed", order_id=order.id, after=before))

    @negotiated(views, "/orders/<string:order_id>/messages", MessagesSchema, own=True, paged=True)
    def listed(order_id: str) -> Response:
        """What the two sides of an order wrote, the oldest first."""
        me, after = signed_in(parts), cursor_from(request.args)
        order = order_of(parts, order_id, me)
        with parts.store.reading() as conn:
            found = messages.on_order(conn, order.id, after=after, limit=PAGE + 1)
        shown, more = page_of(found, PAGE, lambda it: (it.at_ms, it.id))
        if wants_hal():
            return hal(represent.messages(parts.urls, order, shown, more))
        return page("orders/messages.html", order=order, messages=shown, more=more, me=me)

    return views


def pages(parts: Parts, desk: PaymentDesk | None) -> PlainBlueprint:
    """Writing to the other side."""
    views = PlainBlueprint("write_messages", __name__)

    @views.post("/orders/<string:order_id>/messages")
    def write(order_id: str) -> Response:
        me = signed_in(parts)

        def take() -> None:
            write_message(parts.store, order_id, me, MessageForm.read(request.form))
            flash(sent_word(str(order_of(parts, order_id, me).side_of(me.id))))

        return take_form(parts, desk, order_id, me, "message", take)

    return views
