"""Notices on the site."""

from flask import Blueprint, Response, request, url_for

from auction_app.parts import Parts
from auction_app.storage import notices
from auction_app.views.negotiate import page, see_other
from auction_app.views.paging import as_text, cursor_from
from auction_app.views.visitor import signed_in

PAGE = 30


def news(parts: Parts) -> Blueprint:
    """What happened that concerns the visitor."""
    views = Blueprint("news", __name__)

    @views.get("/my/notices")
    def show() -> Response:
        me, after = signed_in(parts), cursor_from(request.args)
        with parts.store.reading() as conn:
            found = notices.of_customer(conn, me.id, after=after, limit=PAGE + 1)
        last = found[PAGE - 1] if found[PAGE:] else None
        more = as_text(last.at_ms, last.id) if last else None
        return page("notices.html", notices=found[:PAGE], more=more)

    @views.post("/my/notices/read")
    def read() -> Response:
        me = signed_in(parts)
        with parts.store.writing() as conn:
            notices.mark_read(conn, me.id, now_ms=parts.clock())
        return see_other(url_for("news.show"))

    return views
