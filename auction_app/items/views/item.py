"""The item page, and what stands beside it."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import Blueprint as PlainBlueprint
from flask import Response
from service_kit.access import caller, permitted
from service_kit.openapi import Blueprint

from auction_app.accounts.visitor import signed_in, visitor
from auction_app.bidding.model import Bid
from auction_app.bidding.repository import biddings
from auction_app.bidding.views.typed_amount import typed_before
from auction_app.items import repository as item
from auction_app.items.calendar_file import calendar_file
from auction_app.items.hal import actions, pages_of_readers
from auction_app.items.likeness import alike, most_alike
from auction_app.items.model import Caller, Item
from auction_app.items.plot import plot
from auction_app.listings import hal as represent
from auction_app.listings.hal import AuctionSchema
from auction_app.listings.model import Standing, check_shown
from auction_app.listings.repository import auctions
from auction_app.page_cache.page_cache import PageCache
from auction_app.parts import Parts
from auction_app.questions import repository as questions
from auction_app.web.i18n import _
from auction_app.web.negotiation import ItemPage, hal, negotiated, page, wants_hal

HISTORY = 20
MOST_RUNNING, MOST_SOLD = 4, 12
LOOK_THROUGH = 200
"""So many of a category are compared with an item, the latest first."""
_CONTACT = "customers:read_contact"
Shown = dict[str, Any]


def api(parts: Parts) -> Blueprint:
    """The auction's address."""
    views = Blueprint("items", __name__)
    kept = PageCache(parts)

    @negotiated(views, "/auctions/<string:auction_id>", AuctionSchema)
    def show(auction_id: str) -> Response:
        """An auction: its terms, and the last known state of its bidding."""
        if wants_hal():
            return hal(_as_hal(parts, auction_id))
        again = partial(_item_context, parts, auction_id)
        state, own = again()
        if typed := typed_before(parts, auction_id):
            return page("items/item.html", **state, **own, typed=typed, typed_before=True)
        return kept.page("items/item.html", state, own, again=again)

    return views


def pages(parts: Parts) -> PlainBlueprint:
    """What is not a page of its own: a bidder's state, and the history."""
    views = PlainBlueprint("fragments", __name__)
    kept = PageCache(parts)

    @views.get("/auctions/<string:auction_id>/standing")
    def standing(auction_id: str) -> Response:
        signed_in(parts)
        return page("items/_standing.html", **_standing_context(parts, auction_id))

    @views.get("/auctions/<string:auction_id>/history")
    def history(auction_id: str) -> Response:
        again = partial(_history_context, parts, auction_id)
        return kept.page("items/_history.html", *again(), again=again)

    return views


def beside(parts: Parts) -> PlainBlueprint:
    """What an item may be compared with, and its end as a calendar file."""
    views = PlainBlueprint("similar", __name__)

    @views.get("/auctions/<string:auction_id>/similar")
    def show(auction_id: str) -> Response:
        now_ms = parts.clock()
        with parts.store.reading() as conn:
            auction = auctions.shown_to(conn, auction_id, visitor(parts).customer)
            running, sold = (
                auctions.of_kind(
                    conn,
                    auction.details.category,
                    auction.terms.currency,
                    sold=ended,
                    now_ms=now_ms,
                    limit=LOOK_THROUGH,
                )
                for ended in (False, True)
            )
        sold = [it for it in alike(auction, sold, MOST_SOLD) if it.price]
        sold.sort(key=lambda it: it.ends_at_ms)
        prices = [(it.ends_at_ms, it.price.amount_minor) for it in sold if it.price]
        return page(
            "items/similar.html",
            auction=auction,
            running=most_alike(auction, running, MOST_RUNNING),
            sold=sold[::-1],
            drawing=plot(prices),
            now_ms=now_ms,
        )

    @views.get("/auctions/<string:auction_id>/end.ics")
    def end(auction_id: str) -> Response:
        with parts.store.reading() as conn:
            auction = auctions.shown_to(conn, auction_id, visitor(parts).customer)
        url, ends = parts.urls.auction(auction_id), _("Ends: %(title)s", title=auction.title)
        body = calendar_file(auction, url, ends, now_ms=parts.clock())
        name = f'attachment; filename="{auction_id}.ics"'
        headers = {"Content-Disposition": name}
        return Response(body, mimetype="text/calendar", headers=headers)

    return views


def _as_hal(parts: Parts, auction_id: str) -> dict[str, Any]:
    """For programs with a token the whole truth, for others what the page shows them."""
    program, who, now_ms = caller(), visitor(parts).customer, parts.clock()
    seen = parts.store.remembered(item.seen_by, who.id if who else None, auction_id)
    if program is None:
        check_shown(seen.auction, who)
    possible = pages_of_readers(parts.urls, auction_id) if permitted(_CONTACT) else None
    if who and program is None:
        reader = Caller(customer=who, ties=seen.ties)
        possible = actions(parts.urls, seen.auction, reader, now_ms=now_ms)
    return represent.auction(
        parts.urls,
        seen.auction,
        private=permitted("auctions:read_terms"),
        actions=possible,
        now_ms=now_ms,
    )


def again(parts: Parts) -> ItemPage:
    """The item page for forms that stand on it and were refused."""

    def show(auction_id: str, /, **form: Any) -> Response:
        state, own = _item_context(parts, auction_id)
        return page("items/item.html", 422, **state, **own, **form)

    return show


def _item_context(parts: Parts, auction_id: str) -> tuple[Shown, Shown]:
    """What the item page shows to everybody alike, and what it shows to this visitor of their own.
    Raises NotFound. Asks no other service."""
    now_ms, store = parts.clock(), parts.store
    with store.one_view():
        who = visitor(parts).customer
        my_id = who.id if who else None
        seen = store.remembered(item.seen_by, my_id, auction_id)
        auction = seen.auction
        check_shown(auction, who)
        bids = store.remembered(biddings.history, auction_id, HISTORY)
        asked = store.remembered(questions.latest, auction_id)
    state = {
        "auction": auction,
        "seller": seen.seller,
        "bids": _public(bids),
        "status": auction.status(now_ms),
        "own": auction.seller_id == my_id,
        "buyable": auction.allows("buy-now", now_ms),
        "silent_since_ms": seen.silent_since_ms,
    }
    return state, {
        "history": _shown_to(my_id, bids),
        "standing": _standing(seen, my_id, now_ms),
        "watching": seen.ties.watching,
        "questions": tuple(it for it in asked if it.seen_by(my_id)),
        "order_id": seen.ties.order_id,
        "offer_id": seen.ties.offer_at(now_ms),
    }


def _history_context(parts: Parts, auction_id: str) -> tuple[Shown, Shown]:
    store = parts.store
    with store.one_view():
        who = visitor(parts).customer
        auction = store.remembered(auctions.by_id, auction_id)
        check_shown(auction, who)
        bids = store.remembered(biddings.history, auction_id, HISTORY)
    own = {"history": _shown_to(who.id if who else None, bids)}
    return {"auction": auction, "bids": _public(bids)}, own


def _standing_context(parts: Parts, auction_id: str) -> dict[str, Any]:
    who, now_ms = signed_in(parts), parts.clock()
    seen = parts.store.remembered(item.seen_by, who.id, auction_id)
    check_shown(seen.auction, who)
    return {
        "auction": seen.auction,
        "standing": _standing(seen, who.id, now_ms),
        "own": seen.auction.seller_id == who.id,
    }


def _shown_to(my_id: str | None, bids: Sequence[Bid]) -> tuple[tuple[Bid, bool], ...]:
    """Each bid, and whether it is one's own. That a leader raised a maximum is nobody else's
    business."""
    rows = ((bid, bid.bidder_id == my_id) for bid in bids)
    return tuple((bid, own) for bid, own in rows if own or bid.outcome != biddings.RAISED)


def _public(bids: Sequence[Bid]) -> tuple[Bid, ...]:
    return tuple(it for it in bids if it.outcome != biddings.RAISED)


def _standing(seen: Item, my_id: str | None, now_ms: int) -> Standing | None:
    if my_id is None or not seen.ties.took_part:
        return None
    return seen.auction.standing_of(my_id, now_ms, bought=seen.ties.bought)
