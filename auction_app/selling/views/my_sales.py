"""The visitor's own sales."""

from flask import Response, request
from service_kit.openapi import Blueprint

from auction_app.accounts.visitor import signed_in
from auction_app.listings.repository import auctions
from auction_app.parts import Parts
from auction_app.selling import repository as drafts
from auction_app.selling.hal import MySalesSchema
from auction_app.selling.hal import my_sales as represent
from auction_app.selling.repository import SALES, sales_that
from auction_app.web.negotiation import choice, hal, negotiated, page, wants_hal
from auction_app.web.paging import asked_state, cursor_from, page_of, with_state

PAGE = 24
DRAFTS = 50


def api(parts: Parts) -> Blueprint:
    """The list of one's sales and drafts."""
    views = Blueprint("my_sales", __name__)

    @negotiated(
        views, "/my/sales", MySalesSchema, own=True, paged=True, parameters=[choice("state", SALES)]
    )
    def show() -> Response:
        """The signed-in customer's own auctions, the newest first."""
        me, after, now_ms = signed_in(parts), cursor_from(request.args), parts.clock()
        state = asked_state(SALES)
        only = sales_that(state, now_ms=now_ms) if state else None
        with parts.store.reading() as conn:
            found = auctions.of_seller(conn, me.id, after=after, limit=PAGE + 1, only=only)
            started = drafts.list_of_seller(conn, me.id, limit=DRAFTS)
        shown, more = page_of(found, PAGE, lambda it: (it.created_at_ms, it.id))
        if wants_hal():
            more = with_state(more, state)
            return hal(represent(parts.urls, shown, more, now_ms=now_ms))
        return page(
            "selling/my_sales.html",
            auctions=shown,
            drafts=started,
            more=more,
            state=state,
            states=SALES,
            now_ms=now_ms,
        )

    return views
