"""Payments that people have to look at, and the button that has them looked at again."""

from flask import Blueprint, Response, flash, request, url_for
from service_kit.notify import Channel

from auction_app.moderation.moderate import look_again
from auction_app.moderation.views.moderators import moderator
from auction_app.parts import Parts
from auction_app.payments import repository as payments
from auction_app.web.i18n import _
from auction_app.web.negotiation import page, see_other
from auction_app.web.paging import cursor_from, page_of

PAGE = 24


def pages(parts: Parts, payment_channel: Channel) -> Blueprint:
    """`payment_channel` wakes what asks the provider."""
    views = Blueprint("moderated_payments", __name__)

    @views.get("/moderation/payments")
    def troubles() -> Response:
        moderator(parts)
        after = cursor_from(request.args)
        with parts.store.reading() as conn:
            found = payments.in_trouble(conn, after=after, limit=PAGE + 1)
        shown, more = page_of(found, PAGE, lambda it: (it[1], it[0].id))
        return page("moderation/payments.html", troubles=shown, more=more)

    @views.post("/moderation/payments/<string:payment_id>")
    def again(payment_id: str) -> Response:
        me = moderator(parts)
        with parts.begin() as act:
            look_again(act, payment_id, me)
        payment_channel.notify()
        flash(_("It is looked at again. If it is still wrong, it comes back here."))
        return see_other(url_for("moderated_payments.troubles"))

    return views
