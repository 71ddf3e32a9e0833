"""The listing wizard: four steps, each saved as it is typed, a preview, and off it goes."""

from collections.abc import Mapping

from flask import Blueprint, Response, flash, request, url_for
from service_kit.bulkhead import Bulkhead
from service_kit.local_time import zone_named
from service_kit.money import Money

from auction_app.accounts.model import Customer
from auction_app.accounts.visitor import signed_in
from auction_app.errors import BadInput, BidsUnavailable, NotFound, TooMany
from auction_app.listings.photo_files import PhotoFiles
from auction_app.listings.terms import CURRENCIES, Terms
from auction_app.parts import Parts
from auction_app.selling.forms import Listing
from auction_app.selling.model import Draft
from auction_app.selling.publish_draft import check_draft, publish_draft
from auction_app.selling.repository import drafts
from auction_app.selling.simulate import ExampleStep, Simulate, simulate_terms
from auction_app.selling.views.wizard_context import (
    in_a_week,
    no_more_drafts,
    rules,
    wizard_context,
)
from auction_app.selling.write_draft import STEPS, discard_draft, save_step, start_draft
from auction_app.web.formats import money
from auction_app.web.forms import Notation
from auction_app.web.i18n import (
    HOUSE_ZONE,
    _,
    currency_symbol,
    decimal_mark,
    viewer_currency,
)
from auction_app.web.negotiation import page, see_other

MOST_SHOWN = 50


def pages(parts: Parts, files: PhotoFiles, simulate: Simulate) -> Blueprint:
    """Write a listing and publish it."""
    views = Blueprint("selling", __name__)
    _add_start(views, parts)
    _add_steps(views, parts)
    _add_ends(views, parts, files, simulate)
    return views


def _add_start(views: Blueprint, parts: Parts) -> None:
    @views.get("/sell")
    def form() -> Response:
        seller = signed_in(parts)
        with parts.store.reading() as conn:
            started = drafts.list_of_seller(conn, seller.id, limit=MOST_SHOWN)
        return page("selling/drafts.html", drafts=started)

    @views.post("/sell")
    def start() -> Response:
        first = _first_fields(parts.clock())
        try:
            me = signed_in(parts)
            with parts.begin() as act:
                draft_id = start_draft(act, me, first)
        except TooMany as error:
            return no_more_drafts(error)
        return see_other(url_for("selling.step", draft_id=draft_id, step=next(iter(STEPS))))


def _add_steps(views: Blueprint, parts: Parts) -> None:
    @views.get("/sell/<string:draft_id>/<string:step>")
    def step(draft_id: str, step: str) -> Response:
        draft = _own_draft(parts, signed_in(parts), draft_id)
        if step not in STEPS:
            raise NotFound("no such step")
        asked = "check" in request.args
        errors = _complaints(parts, draft) if asked else {}
        return page(
            f"selling/step_{step}.html", **wizard_context(parts, draft, step), errors=errors
        )

    @views.post("/sell/<string:draft_id>/<string:step>")
    def save(draft_id: str, step: str) -> Response:
        seller = signed_in(parts)
        if step not in STEPS:
            raise NotFound("no such step")
        with parts.begin() as act:
            save_step(act, seller, draft_id, step, request.form)
        if "X-Autosave" in request.headers:
            return Response(status=204)
        if wrong := _stops_here(parts, _own_draft(parts, seller, draft_id), step):
            return wrong
        return see_other(_next_address(draft_id, step))


def _stops_here(parts: Parts, draft: Draft, step: str) -> Response | None:
    """Whoever presses Next sees what is wrong with this step, at its fields; who saves does not."""
    if request.form.get("go", "next") != "next":
        return None
    complaints = _complaints(parts, draft)
    wrong = {name: word for name, word in complaints.items() if name in STEPS[step]}
    if not wrong:
        return None
    return page(
        f"selling/step_{step}.html", 422, **wizard_context(parts, draft, step), errors=wrong
    )


def _add_ends(views: Blueprint, parts: Parts, files: PhotoFiles, simulate: Simulate) -> None:
    @views.get("/sell/<string:draft_id>/preview")
    def preview(draft_id: str) -> Response:
        draft = _own_draft(parts, signed_in(parts), draft_id)
        return _preview_page(parts, simulate, draft)

    @views.post("/sell/<string:draft_id>/publish")
    def publish(draft_id: str) -> Response:
        seller = signed_in(parts)
        try:
            with parts.begin() as act:
                auction = publish_draft(act, draft_id, _notation_of, rules(parts), seller=seller)
        except BadInput:
            return _preview_page(parts, simulate, _own_draft(parts, seller, draft_id), 422)
        start_price = money(auction.terms.start_price)
        flash(_("Your item is listed. Bidding starts at %(price)s.", price=start_price))
        return see_other(url_for("items.show", auction_id=auction.id))

    @views.get("/sell/<string:draft_id>/discard")
    def ask_to_discard(draft_id: str) -> Response:
        return page("selling/discard.html", draft=_own_draft(parts, signed_in(parts), draft_id))

    @views.post("/sell/<string:draft_id>/discard")
    def discard(draft_id: str) -> Response:
        discard_draft(parts.store, files, signed_in(parts), draft_id)
        flash(_("The draft is gone."))
        return see_other(url_for("selling.form"))


def _first_fields(now_ms: int) -> dict[str, str]:
    return {
        "currency": viewer_currency(CURRENCIES) or CURRENCIES[0],
        "decimal_mark": decimal_mark(),
        **in_a_week(now_ms),
    }


def _own_draft(parts: Parts, seller: Customer, draft_id: str) -> Draft:
    with parts.store.reading() as conn:
        return drafts.of_seller(conn, seller.id, draft_id)


def _next_address(draft_id: str, step: str) -> str:
    order = [*STEPS, "preview"]
    go = request.form.get("go", "next")
    if go not in STEPS and go != "preview":
        go = step if go == "save" else order[order.index(step) + 1]
    if go == "preview":
        return url_for("selling.preview", draft_id=draft_id)
    return url_for("selling.step", draft_id=draft_id, step=go)


def _notation_of(fields: Mapping[str, str]) -> Notation:
    return Notation(
        decimal_mark="," if fields.get("decimal_mark") == "," else ".",
        symbol=currency_symbol(fields.get("currency", "")),
        zone=zone_named(fields.get("zone"), HOUSE_ZONE),
    )


def _complaints(parts: Parts, draft: Draft) -> dict[str, str]:
    try:
        check_draft(draft, _notation_of(draft.fields), rules(parts), now_ms=parts.clock())
    except BadInput as error:
        return error.fields
    return {}


def _preview_page(parts: Parts, simulate: Simulate, draft: Draft, status: int = 200) -> Response:
    context = wizard_context(parts, draft, "preview")
    listing = photos = None
    errors: dict[str, str] = {}
    try:
        notation = _notation_of(draft.fields)
        listing, photos = check_draft(draft, notation, rules(parts), now_ms=parts.clock())
    except BadInput as error:
        errors = error.fields
    return page(
        "selling/preview.html",
        status,
        **context,
        listing=listing,
        postage=_postage(listing) if listing else None,
        photos=photos,
        errors=errors,
        example=_example(simulate, listing.terms) if listing else None,
        wrong_steps=[name for name in STEPS if _concerns(name, errors)],
        now_ms=parts.clock(),
    )


def _postage(listing: Listing) -> Money | None:
    """What is paid for it, if anything is."""
    cost = listing.details.postage_cost(listing.terms.currency)
    return cost if cost and cost.amount_minor else None


@Bulkhead(at_once=4, waiting=4)
def _example(simulate: Simulate, terms: Terms) -> list[ExampleStep] | None:
    """How it would play out; None while bids_service, which knows, does not answer."""
    try:
        return simulate_terms(simulate, terms)
    except BidsUnavailable:
        return None


def _concerns(step: str, errors: dict[str, str]) -> bool:
    return any(name in STEPS[step] or name == step for name in errors)
