"""What is the visitor's own: bids, sales, and the maximum of one bid."""

from flask import Blueprint as PlainBlueprint
from flask import Response, request
from service_kit.openapi import Blueprint

from auction_app.api import represent
from auction_app.api.schemas import MyBidsSchema, MySalesSchema
from auction_app.errors import BidsUnavailable
from auction_app.parts import Parts
from auction_app.storage import auctions, drafts
from auction_app.storage.mine import BIDS, SALES, bids_that, sales_that
from auction_app.verbs.recall_own_bids import recall_own_bids
from auction_app.views.negotiate import choice, hal, negotiated, page, wants_hal
from auction_app.views.paging import as_text, cursor_from
from auction_app.views.visitor import signed_in

PAGE = 24
DRAFTS = 50
_BIDS_STATE = (choice("state", BIDS),)
_SALES_STATE = (choice("state", SALES),)


def mine(parts: Parts) -> Blueprint:
    """My bids and my sales."""
    views = Blueprint("mine", __name__)

    @negotiated(
        views, "/my/bids", MyBidsSchema, own=True, paged=True, parameters=[choice("state", BIDS)]
    )
    def bids() -> Response:
        """The auctions that the signed-in customer has bid in, the latest bid first."""
        me, after, now_ms = signed_in(parts), cursor_from(request.args), parts.clock()
        state = _state(BIDS)
        only = bids_that(state, me.id, now_ms=now_ms) if state else None
        with parts.store.reading() as conn:
            found = auctions.of_bidder(conn, me.id, after=after, limit=PAGE + 1, only=only)
        more = as_text(found[PAGE - 1][1], found[PAGE - 1][0].id) if found[PAGE:] else None
        rows = [(auction, auction.standing_of(me.id, now_ms)) for auction, _ in found[:PAGE]]
        if wants_hal():
            return hal(represent.my_bids(parts.urls, rows, _with_state(more, state), now_ms=now_ms))
        return page("my_bids.html", rows=rows, more=more, state=state, states=BIDS, now_ms=now_ms)

    @negotiated(
        views, "/my/sales", MySalesSchema, own=True, paged=True, parameters=[choice("state", SALES)]
    )
    def sales() -> Response:
        """The signed-in customer's own auctions, the newest first."""
        me, after, now_ms = signed_in(parts), cursor_from(request.args), parts.clock()
        state = _state(SALES)
        only = sales_that(state, now_ms=now_ms) if state else None
        with parts.store.reading() as conn:
            found = auctions.of_seller(conn, me.id, after=after, limit=PAGE + 1, only=only)
            started = drafts.list_of_seller(conn, me.id, limit=DRAFTS)
        last = found[PAGE - 1] if found[PAGE:] else None
        more = as_text(last.created_at_ms, last.id) if last else None
        if wants_hal():
            return hal(
                represent.my_sales(
                    parts.urls, found[:PAGE], _with_state(more, state), now_ms=now_ms
                )
            )
        return page(
            "my_sales.html",
            auctions=found[:PAGE],
            drafts=started,
            more=more,
            state=state,
            states=SALES,
            now_ms=now_ms,
        )

    return views


def _state(states: tuple[str, ...]) -> str | None:
    """Which part of a list is asked for; an unknown one is all."""
    asked = request.args.get("state")
    return asked if asked in states else None


def _with_state(more: str | None, state: str | None) -> str | None:
    return f"{more}&state={state}" if more and state else more


def own_bids(parts: Parts) -> PlainBlueprint:
    """The one page that shows a maximum, and only to its bidder."""
    views = PlainBlueprint("own_bids", __name__)

    @views.get("/my/bids/<string:auction_id>")
    def show(auction_id: str) -> Response:
        me, now_ms = signed_in(parts), parts.clock()
        with parts.store.reading() as conn:
            auction = auctions.by_id(conn, auction_id)
        try:
            found, down = recall_own_bids(parts.bids, parts.urls, auction, me), False
        except BidsUnavailable:
            found, down = [], True
        return page(
            "own_bids.html",
            503 if down else 200,
            auction=auction,
            bids=found,
            down=down,
            standing=auction.standing_of(me.id, now_ms) if found else None,
            now_ms=now_ms,
        )

    return views
