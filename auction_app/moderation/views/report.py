"""The form that tells the house of an item."""

from flask import Blueprint, Response, flash, request, url_for

from auction_app.accounts.visitor import signed_in, visitor
from auction_app.errors import BadInput
from auction_app.listings.model import Auction
from auction_app.listings.repository import auctions
from auction_app.moderation.forms import ReportForm
from auction_app.moderation.model import REASONS
from auction_app.moderation.report_item import report_item
from auction_app.parts import Parts
from auction_app.web.i18n import _
from auction_app.web.negotiation import page, see_other


def pages(parts: Parts) -> Blueprint:
    """Telling the house of an item that breaks the rules."""
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

    return views


def _auction(parts: Parts, auction_id: str) -> Auction:
    who = visitor(parts).customer
    with parts.store.reading() as conn:
        return auctions.shown_to(conn, auction_id, who)


def _report_page(auction: Auction, errors: dict[str, str]) -> Response:
    return page(
        "moderation/report.html",
        422 if errors else 200,
        auction=auction,
        reasons=REASONS,
        form=request.form,
        errors=errors,
    )
