"""The form that puts an item up for auction."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, request, url_for

from auction_app.currencies import CURRENCIES
from auction_app.errors import BadInput
from auction_app.ids import new_id
from auction_app.local_time import write_local, zone_named
from auction_app.model import Customer
from auction_app.parts import Parts
from auction_app.verbs.list_auction import ListingForm, ListingRules, list_auction
from auction_app.views.formats import money
from auction_app.views.language import _
from auction_app.views.negotiate import page, see_other
from auction_app.views.visitor import (
    HOUSE_ZONE,
    currency_symbol,
    decimal_mark,
    signed_in,
    viewer_zone,
)

LONGEST_MS = 30 * 24 * 3600 * 1000
_WEEK_MS = 7 * 24 * 3600 * 1000
_UPLOAD_BYTES = 32 * 1024 * 1024


def allow_uploads() -> None:
    """Let the listing form be larger than other forms; runs before anything reads the body."""
    if request.path == "/sell":
        request.max_content_length = _UPLOAD_BYTES


def selling(parts: Parts) -> Blueprint:
    """List an item."""
    views = Blueprint("selling", __name__)

    @views.get("/sell")
    def form() -> Response:
        seller, zone = signed_in(parts), viewer_zone()
        ends_at_ms = parts.clock() + _WEEK_MS
        first = {
            "currency": CURRENCIES[0],
            "ends": write_local(ends_at_ms // 60_000 * 60_000, zone),
        }
        return _form_page(parts, seller, zone, first)

    @views.post("/sell")
    def send() -> Response:
        seller = signed_in(parts)
        zone = zone_named(request.form.get("zone"), HOUSE_ZONE)
        try:
            auction = list_auction(
                parts.store,
                parts.files,
                parts.urls,
                _typed(zone),
                auction_id=_chosen_id(parts, seller),
                seller=seller,
                rules=_rules(parts),
                now_ms=parts.clock(),
            )
        except BadInput as error:
            return _form_page(parts, seller, zone, request.form, error.fields)
        start = money(auction.terms.start_price)
        flash(_("Your item is listed. Bidding starts at %(price)s.", price=start))
        return see_other(url_for("items.show", auction_id=auction.id))

    return views


def _form_page(
    parts: Parts,
    seller: Customer,
    zone: ZoneInfo,
    form: Mapping[str, str],
    errors: dict[str, str] | None = None,
) -> Response:
    return page(
        "sell.html",
        422 if errors else 200,
        form=form,
        errors=errors or {},
        listing=parts.signatures.sign_listing(new_id(), seller.id),
        currencies=CURRENCIES,
        zone=zone.key,
        shortest_ms=_rules(parts).shortest_ms,
        longest_ms=_rules(parts).longest_ms,
    )


def _typed(zone: ZoneInfo) -> ListingForm:
    photo = request.files.get("photo")
    return ListingForm(
        fields=request.form,
        photo=photo.read() if photo else b"",
        decimal_mark=decimal_mark(),
        symbol=currency_symbol(request.form.get("currency", "")),
        zone=zone,
    )


def _chosen_id(parts: Parts, seller: Customer) -> str:
    chosen = parts.signatures.read_listing(request.form.get("listing", ""))
    if chosen is None or chosen[1] != seller.id:
        return new_id()
    return chosen[0]


def _rules(parts: Parts) -> ListingRules:
    return ListingRules(shortest_ms=parts.config.min_duration_s * 1000, longest_ms=LONGEST_MS)
