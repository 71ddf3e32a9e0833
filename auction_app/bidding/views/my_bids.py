"""The visitor's own bids, and the maximum of one."""

from flask import Blueprint as PlainBlueprint
from flask import Response, request
from service_kit.openapi import Blueprint

from auction_app.accounts.visitor import signed_in
from auction_app.bidding.gateway import Gateway
from auction_app.bidding.hal import MyBidsSchema
from auction_app.bidding.hal import my_bids as represent
from auction_app.bidding.model import Participation
from auction_app.bidding.repository.my_bids import BIDS, bids_that, of_bidder
from auction_app.db.memory import second_of
from auction_app.db.paging import Cursor
from auction_app.db.store import Transaction
from auction_app.errors import BidsUnavailable
from auction_app.listings.model import unchanged_since_ms
from auction_app.listings.repository import auctions
from auction_app.page_cache.page_cache import PageCache
from auction_app.parts import Parts
from auction_app.web.negotiation import choice, hal, negotiated, page, wants_hal
from auction_app.web.paging import asked_state, cursor_from, page_of, with_state

PAGE = 24


def api(parts: Parts) -> Blueprint:
    """The list of one's bids."""
    views = Blueprint("my_bids", __name__)
    kept = PageCache(parts)

    @negotiated(
        views, "/my/bids", MyBidsSchema, own=True, paged=True, parameters=[choice("state", BIDS)]
    )
    def show() -> Response:
        """The auctions that the signed-in customer has bid in, the latest bid first."""
        after, now_ms, state = cursor_from(request.args), parts.clock(), asked_state(BIDS)
        with parts.store.reading():
            me = signed_in(parts)
            asked = {"after": after, "state": state, "now_ms": second_of(now_ms)}
            found = parts.store.remembered(_bids_of, me.id, **asked)
        shown, more = page_of(found, PAGE, lambda it: (it.last_bid_at_ms, it.auction.id))
        if wants_hal():
            rows = [(one.auction, one.standing(now_ms)) for one in shown]
            return hal(represent(parts.urls, rows, with_state(more, state), now_ms=now_ms))
        still = unchanged_since_ms([one.auction for one in shown], now_ms)
        names = {"rows": tuple(shown), "more": more, "state": state, "states": BIDS}
        return kept.page("bidding/my_bids.html", {**names, "now_ms": still})

    return views


def _bids_of(
    conn: Transaction, customer_id: str, *, after: Cursor | None, state: str | None, now_ms: int
) -> list[Participation]:
    only = bids_that(state, customer_id, now_ms=now_ms) if state else None
    return of_bidder(conn, customer_id, after=after, limit=PAGE + 1, only=only, now_ms=now_ms)


def pages(parts: Parts, gateway: Gateway) -> PlainBlueprint:
    """The one page that shows a maximum, and only to its bidder."""
    views = PlainBlueprint("own_bids", __name__)

    @views.get("/my/bids/<string:auction_id>")
    def show(auction_id: str) -> Response:
        me, now_ms = signed_in(parts), parts.clock()
        with parts.store.reading() as conn:
            auction = auctions.by_id(conn, auction_id)
        try:
            found, down = gateway.own_bids_in(auction_id, me.id), False
        except BidsUnavailable:
            found, down = [], True
        return page(
            "bidding/own_bids.html",
            503 if down else 200,
            auction=auction,
            bids=found,
            down=down,
            standing=auction.standing_of(me.id, now_ms) if found else None,
            now_ms=now_ms,
        )

    return views
