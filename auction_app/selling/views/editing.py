"""Edit a published listing, and list it again."""

from flask import Blueprint, Response, flash, request, url_for

from auction_app.accounts.model import Customer
from auction_app.accounts.visitor import signed_in
from auction_app.errors import BadInput, CommandRefused, TooMany
from auction_app.listings.categories import TREE
from auction_app.listings.model import Auction
from auction_app.listings.photo_files import PhotoFiles
from auction_app.listings.repository import auctions
from auction_app.listings.terms import CONDITIONS, DELIVERIES, RETURNS
from auction_app.parts import Parts
from auction_app.selling.edit_listing import edit_listing, relist, typed_details
from auction_app.selling.views.wizard_context import as_viewer_writes, in_a_week, no_more_drafts
from auction_app.web.forms import Notation
from auction_app.web.i18n import _, decimal_mark
from auction_app.web.labels import refusal
from auction_app.web.negotiation import page, see_other


def pages(parts: Parts, files: PhotoFiles) -> Blueprint:
    """What a seller can still do with a listing."""
    views = Blueprint("editing", __name__)

    @views.get("/auctions/<string:auction_id>/edit")
    def form(auction_id: str) -> Response:
        auction = _own(parts, auction_id, signed_in(parts))
        current = {"title": auction.title, "description": auction.description}
        details = as_viewer_writes(typed_details(auction), auction.terms.currency, mark=".")
        return _form_page(parts, auction, {**current, **details}, {})

    @views.post("/auctions/<string:auction_id>/edit")
    def save(auction_id: str) -> Response:
        me = signed_in(parts)
        try:
            with parts.begin() as act:
                edit_listing(act, auction_id, request.form, _notation(), seller=me)
        except BadInput as error:
            auction = _own(parts, auction_id, me)
            return _form_page(parts, auction, request.form.to_dict(), error.fields)
        except CommandRefused as error:
            flash(refusal(error.reason))
        else:
            flash(_("Your changes are saved."))
        return see_other(url_for("items.show", auction_id=auction_id))

    @views.post("/auctions/<string:auction_id>/relist")
    def again(auction_id: str) -> Response:
        me = signed_in(parts)
        auction = _own(parts, auction_id, me)
        try:
            with parts.begin() as act:
                draft_id = relist(act, files, auction, in_a_week(parts.clock()), seller=me)
        except TooMany as error:
            return no_more_drafts(error)
        return see_other(url_for("selling.step", draft_id=draft_id, step="item"))

    return views


def _notation() -> Notation:
    return Notation(decimal_mark=decimal_mark())


def _own(parts: Parts, auction_id: str, me: Customer) -> Auction:
    with parts.store.reading() as conn:
        return auctions.own(conn, auction_id, me)


def _form_page(
    parts: Parts, auction: Auction, form: dict[str, str], errors: dict[str, str]
) -> Response:
    return page(
        "selling/edit.html",
        422 if errors else 200,
        auction=auction,
        form=form,
        errors=errors,
        status=auction.status(parts.clock()),
        category_tree=TREE,
        conditions=CONDITIONS,
        returns=RETURNS,
        deliveries=DELIVERIES,
    )
