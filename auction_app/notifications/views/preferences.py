"""Which mails one gets, chosen on a page or by the link in a mail."""

from flask import Blueprint, Response, flash, request, url_for

from auction_app.accounts.visitor import signed_in
from auction_app.errors import BadInput
from auction_app.notifications.choose_notices import (
    choose_notices,
    kinds_in,
    unsubscribe,
    whose_mail,
)
from auction_app.notifications.forms import read_modes
from auction_app.notifications.model import KINDS, MODES
from auction_app.notifications.repository import preferences as stored
from auction_app.parts import Parts
from auction_app.web.i18n import _
from auction_app.web.negotiation import page, see_other


def pages(parts: Parts) -> Blueprint:
    """A switch for each kind of mail."""
    views = Blueprint("preferences", __name__)

    @views.get("/account/notices")
    def show() -> Response:
        with parts.store.reading() as conn:
            modes = stored.of_customer(conn, signed_in(parts).id)
        return page("notifications/preferences.html", modes=modes, kinds=KINDS, all_modes=MODES)

    @views.post("/account/notices")
    def choose() -> Response:
        me = signed_in(parts)
        try:
            modes = read_modes(request.form)
            with parts.begin() as act:
                choose_notices(act, me, modes)
        except BadInput:
            flash(_("Please choose one of the three for each kind."))
            return see_other(url_for("preferences.show"))
        flash(_("Saved."))
        return see_other(url_for("preferences.show"))

    @views.get("/unsubscribe/<token>/<kind>")
    def ask(token: str, kind: str) -> Response:
        kinds = kinds_in(kind)
        whose = whose_mail(parts.store, parts.signatures, token)
        return page("notifications/unsubscribe.html", token=token, kinds=kinds, email=whose.email)

    return views


def take_one_click(parts: Parts) -> Blueprint:
    """The one form that needs no token of ours: mail programs send it (RFC 8058), and the link
    itself is the secret."""
    views = Blueprint("one_click", __name__)

    @views.post("/unsubscribe/<token>/<kind>")
    def unsubscribe_now(token: str, kind: str) -> Response:
        kinds = kinds_in(kind)
        unsubscribe(parts.store, parts.signatures, token, kinds)
        return page("notifications/unsubscribed.html", kinds=kinds)

    return views
