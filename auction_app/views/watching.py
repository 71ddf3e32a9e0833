"""The watchlist."""

from flask import Blueprint as PlainBlueprint
from flask import Response, flash, request, url_for
from service_kit.openapi import Blueprint

from auction_app.api import lists
from auction_app.api.schemas import WatchlistSchema
from auction_app.parts import Parts
from auction_app.storage import watches
from auction_app.verbs.watch_item import watch_item
from auction_app.views.language import _
from auction_app.views.negotiate import hal, negotiated, page, see_other, wants_hal
from auction_app.views.paging import as_text, cursor_from
from auction_app.views.visitor import signed_in

PAGE = 24


def watchlist(parts: Parts) -> Blueprint:
    """What the visitor watches."""
    views = Blueprint("watchlist", __name__)

    @negotiated(views, "/my/watchlist", WatchlistSchema, own=True, paged=True)
    def show() -> Response:
        """What the signed-in customer watches, the latest first."""
        me, after, now_ms = signed_in(parts), cursor_from(request.args), parts.clock()
        with parts.store.reading() as conn:
            found = watches.of_customer(conn, me.id, after=after, limit=PAGE + 1)
        more = as_text(found[PAGE - 1][1], found[PAGE - 1][0].id) if found[PAGE:] else None
        watched = [auction for auction, _since in found[:PAGE]]
        if wants_hal():
            return hal(lists.watchlist(parts.urls, watched, more, now_ms=now_ms))
        return page("watchlist.html", auctions=watched, more=more, now_ms=now_ms)

    return views


def watching(parts: Parts) -> PlainBlueprint:
    """The buttons that put things there and take them off."""
    views = PlainBlueprint("watching", __name__)

    @views.post("/auctions/<string:auction_id>/watch")
    def watch(auction_id: str) -> Response:
        wanted = request.form.get("watch") == "1"
        watch_item(
            parts.store,
            auction_id,
            watcher=signed_in(parts),
            watching=wanted,
            now_ms=parts.clock(),
        )
        flash(_("It is on your watchlist.") if wanted else _("It is off your watchlist."))
        return see_other(url_for("items.show", auction_id=auction_id))

    return views
