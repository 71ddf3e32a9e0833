"""A reported message, as moderators see it, with its order."""

from flask import Blueprint, Response, flash, request, url_for

from auction_app.accounts.repository import customers
from auction_app.db.ids import new_key
from auction_app.errors import BadInput, NotFound
from auction_app.moderation.act_on_message import act_on_message
from auction_app.moderation.forms import MessageActForm
from auction_app.moderation.repository import message_reports
from auction_app.moderation.views.moderators import moderator
from auction_app.orders.repository import messages, orders
from auction_app.parts import Parts
from auction_app.web.i18n import _
from auction_app.web.negotiation import page, see_other


def pages(parts: Parts) -> Blueprint:
    """A reported message, and what can be done about it."""
    views = Blueprint("moderated_messages", __name__)

    @views.get("/moderation/messages/<string:message_id>")
    def look(message_id: str) -> Response:
        moderator(parts)
        return _message_page(parts, message_id, {})

    @views.post("/moderation/messages/<string:message_id>")
    def act_message(message_id: str) -> Response:
        me = moderator(parts)
        try:
            form = MessageActForm.read(request.form)
        except BadInput as error:
            return _message_page(parts, message_id, error.fields)
        with parts.begin() as act:
            act_on_message(act, message_id, me, form)
        flash(_("Done and recorded."))
        return see_other(url_for("moderation.queue"))

    return views


def _message_page(parts: Parts, message_id: str, errors: dict[str, str]) -> Response:
    with parts.store.reading() as conn:
        report = message_reports.of_message(conn, message_id)
        message = messages.by_id(conn, message_id)
        order = orders.by_id(conn, message.order_id) if message else None
        if report is None or message is None or order is None:
            raise NotFound("nobody has reported such a message")
        author = customers.by_id(conn, message.author_id)
    return page(
        "moderation/message.html",
        422 if errors else 200,
        report=report,
        message=message,
        order=order,
        author=author,
        actions=["dismiss", "show-message" if message.is_removed else "hide-message"],
        key=new_key(),
        form=request.form,
        errors=errors,
    )
