"""The watchlist."""

from collections.abc import Iterator

from flask import Blueprint as PlainBlueprint
from flask import Response, flash, request, url_for
from service_kit.access import permitted
from service_kit.openapi import Blueprint

from auction_app.accounts.visitor import signed_in
from auction_app.alerts.repository import alerts
from auction_app.errors import NotFound
from auction_app.parts import Parts
from auction_app.watchlist import hal as represent
from auction_app.watchlist.hal import ReminderSchema, WatchlistSchema
from auction_app.watchlist.repository import reminders, watches
from auction_app.watchlist.watch_item import watch_item
from auction_app.web.i18n import _
from auction_app.web.negotiation import hal, negotiated, page, see_other, wants_hal
from auction_app.web.paging import cursor_from, page_of

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
        shown, more = page_of(found, PAGE, lambda it: (it[1], it[0].id))
        watched = [auction for auction, _since in shown]
        if wants_hal():
            return hal(represent.watchlist(parts.urls, watched, more, now_ms=now_ms))
        return page("watchlist/watchlist.html", auctions=watched, more=more, now_ms=now_ms)

    return views


def reminded(parts: Parts) -> Blueprint:
    """The addresses of reminders, which mails are about."""
    views = Blueprint("reminders", __name__)

    @negotiated(views, "/reminders/<string:reminder_id>", ReminderSchema)
    def show(reminder_id: str) -> Response:
        """That a watched item ends soon, or that one was listed that somebody looks for; for scope
        customers:read_contact."""
        with parts.store.reading() as conn:
            found = reminders.by_id(conn, reminder_id) or alerts.by_id(conn, reminder_id)
        if found is None or not (wants_hal() and permitted("customers:read_contact")):
            raise NotFound("no such reminder")
        return hal(represent.reminder(parts.urls, found))

    return views


def watch(parts: Parts) -> PlainBlueprint:
    """The buttons that put things there and take them off."""
    views = PlainBlueprint("watch", __name__)

    @views.post("/auctions/<string:auction_id>/watch")
    def watch(auction_id: str) -> Response:
        wanted = request.form.get("watch") == "1"
        me = signed_in(parts)
        with parts.begin() as act:
            watch_item(act, auction_id, watcher=me, watching=wanted)
        flash(_("It is on your watchlist.") if wanted else _("It is off your watchlist."))
        return see_other(url_for("items.show", auction_id=auction_id))

    return views


def blueprints(parts: Parts) -> Iterator[PlainBlueprint]:
    """All addresses of the feature."""
    yield watchlist(parts)
    yield reminded(parts)
    yield watch(parts)
