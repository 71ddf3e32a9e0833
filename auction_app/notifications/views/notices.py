"""Notices on the site."""

from flask import Blueprint as PlainBlueprint
from flask import Response, request, url_for
from service_kit.openapi import Blueprint

from auction_app.accounts.visitor import signed_in
from auction_app.notifications import hal as represent
from auction_app.notifications.hal import MyNoticesSchema
from auction_app.notifications.repository import notices
from auction_app.parts import Parts
from auction_app.web.negotiation import hal, negotiated, page, see_other, wants_hal
from auction_app.web.paging import cursor_from, page_of

PAGE = 30


def api(parts: Parts) -> Blueprint:
    """What happened that concerns the visitor."""
    views = Blueprint("notices", __name__)

    @negotiated(views, "/my/notices", MyNoticesSchema, own=True, paged=True)
    def show() -> Response:
        """What happened that concerns the signed-in customer, the latest first."""
        me, after = signed_in(parts), cursor_from(request.args)
        with parts.store.reading() as conn:
            found = notices.of_customer(conn, me.id, after=after, limit=PAGE + 1)
        shown, more = page_of(found, PAGE, lambda it: (it.at_ms, it.id))
        if wants_hal():
            return hal(represent.my_notices(parts.urls, shown, more))
        return page("notifications/notices.html", notices=shown, more=more)

    return views


def pages(parts: Parts) -> PlainBlueprint:
    """What says that all is read, or what leads to the page that somebody looks at."""
    views = PlainBlueprint("mark_notices", __name__)

    @views.post("/my/notices/read")
    def read() -> Response:
        me = signed_in(parts)
        with parts.begin() as act:
            notices.mark_read(act.conn, me.id, now_ms=act.now_ms)
        return see_other(url_for("notices.show"))

    @views.post("/my/notices/seen")
    def seen() -> Response:
        """A script of the page says that it is looked at."""
        me = signed_in(parts)
        with parts.begin() as act:
            notices.mark_read_at(act.conn, me.id, request.form.get("path", ""), now_ms=act.now_ms)
        return Response(status=204)

    return views
