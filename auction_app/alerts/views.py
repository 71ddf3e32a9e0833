"""Saved searches and followed sellers."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Response, flash, request, url_for

from auction_app.accounts.visitor import signed_in
from auction_app.alerts.follow_seller import follow_seller
from auction_app.alerts.model import SavedSearch
from auction_app.alerts.repository import follows, searches
from auction_app.alerts.save_search import save_search
from auction_app.errors import BadInput, NotFound, NotPossible
from auction_app.listings.categories import EVERY_CATEGORY
from auction_app.listings.labels import category_path, condition_label
from auction_app.listings.terms import CONDITIONS
from auction_app.parts import Parts
from auction_app.search.forms import visitors_query
from auction_app.search.labels import format_label
from auction_app.search.query import FORMATS
from auction_app.web.i18n import _, decimal_mark
from auction_app.web.negotiation import page, see_other

_AMOUNTS = ("price_from", "price_to")


def saving(parts: Parts) -> Blueprint:
    """What one looks for."""
    views = Blueprint("alerts", __name__)

    @views.get("/my/searches")
    def show() -> Response:
        me = signed_in(parts)
        with parts.store.reading() as conn:
            saved = searches.of_customer(conn, me.id)
            sellers = follows.of_customer(conn, me.id)
        listed = [(search.id, _words(search), _address(search)) for search in saved]
        return page("alerts/searches.html", searches=listed, sellers=sellers)

    @views.post("/my/searches")
    def save() -> Response:
        me = signed_in(parts)
        try:
            query = visitors_query(request.form)
            with parts.begin() as act:
                save_search(act, query, request.form, customer=me)
        except BadInput:
            flash(_("A price is unclear: see the filters."))
        except NotPossible as error:
            flash(_refusals()[error.reason])
        else:
            flash(_("The search is saved. We tell you when something new matches."))
        return see_other(url_for("alerts.show"))

    @views.post("/my/searches/<string:search_id>/delete")
    def delete(search_id: str) -> Response:
        me = signed_in(parts)
        with parts.begin() as act:
            if not searches.remove(act.conn, me.id, search_id):
                raise NotFound("no such search")
        flash(_("The search is deleted."))
        return see_other(url_for("alerts.show"))

    return views


def following(parts: Parts) -> Blueprint:
    """Whose listings one wants to hear of."""
    views = Blueprint("following", __name__)

    @views.post("/customers/<string:customer_id>/follow")
    def follow(customer_id: str) -> Response:
        me, wanted = signed_in(parts), request.form.get("follow") == "1"
        try:
            with parts.begin() as act:
                follow_seller(act, customer_id, follower=me, following=wanted)
        except NotPossible as error:
            flash(_refusals()[error.reason])
        else:
            no_more = _("You no longer follow this seller.")
            flash(_("You follow this seller.") if wanted else no_more)
        return see_other(url_for("profiles.show", customer_id=customer_id))

    return views


def blueprints(parts: Parts) -> Iterator[Blueprint]:
    """All addresses of the feature."""
    yield saving(parts)
    yield following(parts)


def _refusals() -> Mapping[str, str]:
    return {
        "nothing_asked": _("Please search for something first, then save it."),
        "too_many": _("You have saved as many as one can. Please delete one first."),
    }


def _address(search: SavedSearch) -> str:
    written: dict[str, Any] = {
        name: value.replace(".", decimal_mark()) if name in _AMOUNTS else value
        for name, value in search.asked.items()
    }
    return url_for("search.search", sort="newest", **written)


def _words(search: SavedSearch) -> str:
    asked = search.asked
    said = [f"“{asked['q']}”"] if "q" in asked else []
    if asked.get("category") in EVERY_CATEGORY:
        said.append(category_path(asked["category"]))
    if asked.get("condition") in CONDITIONS:
        said.append(condition_label(asked["condition"]))
    if asked.get("format") in FORMATS:
        said.append(format_label(asked["format"]))
    least, most = (asked.get(name, "").replace(".", decimal_mark()) for name in _AMOUNTS)
    if least or most:
        said.append(f"{least}\u2013{most}")
    return " · ".join([*said, *([asked["currency"]] if "currency" in asked else [])])
