"""The item page, and its photos."""

from typing import Any

from flask import Blueprint as PlainBlueprint
from flask import Response, abort, make_response, send_from_directory
from service_kit.access import caller, permitted
from service_kit.openapi import Blueprint

from auction_app.api import represent
from auction_app.api.actions import Caller
from auction_app.api.schemas import AuctionSchema
from auction_app.errors import Removed
from auction_app.model import Auction, Customer, Standing
from auction_app.parts import Parts
from auction_app.storage import auctions, biddings, orders, outages, questions, watches
from auction_app.storage.store import Transaction
from auction_app.verbs.take_photo import LARGE, THUMBNAIL
from auction_app.views.formats import time_left
from auction_app.views.negotiate import hal, negotiated, page, wants_hal
from auction_app.views.strangers import StrangersPages, is_stranger
from auction_app.views.visitor import signed_in, visitor

HISTORY = 20
QUESTIONS = 50


def items(parts: Parts) -> Blueprint:
    """The auction's address."""
    views = Blueprint("items", __name__)
    strangers = StrangersPages()

    @negotiated(views, "/auctions/<string:auction_id>", AuctionSchema)
    def show(auction_id: str) -> Response:
        """An auction: its terms, and the last known state of its bidding."""
        if wants_hal():
            return hal(_as_hal(parts, auction_id))
        context = item_context(parts, auction_id)
        if not is_stranger():
            return page("item.html", **context)
        passing = {"server_now_ms": str(context.pop("now_ms")), "left": context.pop("left")}
        return strangers.page("item.html", context, passing)

    return views


def fragments(parts: Parts) -> PlainBlueprint:
    """What is not a page of its own: a bidder's state, and photos."""
    views = PlainBlueprint("fragments", __name__)

    @views.get("/auctions/<string:auction_id>/standing")
    def standing(auction_id: str) -> Response:
        signed_in(parts)
        return page("_standing.html", **item_context(parts, auction_id))

    @views.get("/auctions/<string:auction_id>/history")
    def history(auction_id: str) -> Response:
        return page("_history.html", **item_context(parts, auction_id))

    @views.get("/photos/<string:photo_id>-<int:size>.jpg")
    def photo(photo_id: str, size: int) -> Response:
        if size not in {LARGE, THUMBNAIL} or not photo_id.isalnum():
            abort(404)
        response = make_response(
            send_from_directory(
                parts.files.folder.absolute(), f"{photo_id}-{size}.jpg", mimetype="image/jpeg"
            )
        )
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    return views


def _as_hal(parts: Parts, auction_id: str) -> dict[str, Any]:
    """For programs with a token the whole truth, for others what the page shows them."""
    program, who = caller(), visitor(parts).customer
    with parts.store.reading() as conn:
        auction = auctions.by_id(conn, auction_id)
        signed_in = _caller(conn, who, auction_id) if who and program is None else None
    if program is None:
        check_shown(auction, who)
    return represent.auction(
        parts.urls,
        auction,
        private=permitted("auctions:read_terms"),
        caller=signed_in,
        now_ms=parts.clock(),
    )


def _caller(conn: Transaction, who: Customer, auction_id: str) -> Caller:
    order = orders.of_auction(conn, auction_id, who.id)
    return Caller(
        customer=who,
        took_part=biddings.has_bid(conn, auction_id, who.id),
        watching=watches.is_watching(conn, who.id, auction_id),
        order_id=order.id if order else None,
    )


def item_context(parts: Parts, auction_id: str) -> dict[str, Any]:
    """What the item page and its fragments show. Raises NotFound. Asks no other service."""
    who, now_ms = visitor(parts).customer, parts.clock()
    with parts.store.reading() as conn:
        auction = auctions.by_id(conn, auction_id)
        history = biddings.history(conn, auction_id, limit=HISTORY)
        silent_since_ms = outages.since(conn, outages.BIDS)
        watching = who is not None and watches.is_watching(conn, who.id, auction_id)
        took_part = who is not None and biddings.has_bid(conn, auction_id, who.id)
        asked = questions.of_auction(conn, auction_id, limit=QUESTIONS)
        order = orders.of_auction(conn, auction_id, who.id) if who else None
    check_shown(auction, who)
    return {
        "auction": auction,
        "history": tuple(
            (bid.masked_bidder, bid)
            for bid in history
            if bid.outcome != "raised" or (who is not None and bid.bidder_id == who.id)
        ),
        "standing": _standing(auction, who.id if who and took_part else None, now_ms),
        "status": auction.status(now_ms),
        "watching": watching,
        "questions": tuple(found for found in asked if found.seen_by(who.id if who else None)),
        "order": order,
        "own": who is not None and who.id == auction.seller_id,
        "silent_since_ms": silent_since_ms,
        "now_ms": now_ms,
        "left": time_left(auction.ends_at_ms - now_ms),
    }


def check_shown(auction: Auction, who: Customer | None) -> None:
    """Raises Removed for an item that moderators have hidden, to all but them and its seller."""
    if auction.hidden and not (who and (who.moderator or who.id == auction.seller_id)):
        raise Removed("hidden by a moderator")


def _standing(auction: Auction, customer_id: str | None, now_ms: int) -> Standing | None:
    return auction.standing_of(customer_id, now_ms) if customer_id else None
