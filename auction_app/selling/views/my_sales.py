"""The visitor's own sales."""

from flask import Response, request
from service_kit.openapi import Blueprint

from auction_app.accounts.visitor import signed_in
from auction_app.parts import Parts
from auction_app.selling.hal import MySalesSchema
from auction_app.selling.hal import my_sales as represent
from auction_app.selling.repository import drafts
from auction_app.selling.repository.sales import SALES, of_seller, sales_that, totals_of
from auction_app.web.formats import month_began_ms
from auction_app.web.i18n import viewer_zone
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
            found = of_seller(conn, me.id, after=after, limit=PAGE + 1, only=only)
            totals = totals_of(conn, me.id, since_ms=month_began_ms(now_ms, viewer_zone()))
            started = drafts.list_of_seller(conn, me.id, limit=DRAFTS)
        shown, more = page_of(found, PAGE, lambda it: (it.auction.created_at_ms, it.auction.id))
        if wants_hal():
            more = with_state(more, state)
            found_here = [one.auction for one in shown]
            return hal(represent(parts.urls, found_here, totals, more, now_ms=now_ms))
        return page(
            "selling/my_sales.html",
            sales=shown,
            drafts=started,
            totals=totals,
            more=more,
            state=state,
            states=SALES,
            now_ms=now_ms,
        )

    return views
