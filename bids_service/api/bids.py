"""Bids: placing one, looking at one, and those of a bidder with their maxima."""

import re
from typing import Any
from urllib.parse import quote

from flask import Response, request
from flask.views import MethodView
from service_kit.access import Caller, caller, require, unauthorized
from service_kit.hal import MEDIA_TYPE, respond
from service_kit.idempotency import StoredAnswer, fingerprint_of
from service_kit.money import Money
from service_kit.openapi import Blueprint
from service_kit.problems import Problem

from bids_service.api.answers import answer_bid
from bids_service.api.representations import (
    bid_resource,
    next_url,
    own_bid_resource,
    page_resource,
)
from bids_service.api.schemas import (
    LARGEST_ID,
    BidSchema,
    BidsSchema,
    OfBidderSchema,
    PlaceBidSchema,
)
from bids_service.engine.bid import Bid
from bids_service.model import Key
from bids_service.parts import Parts
from bids_service.place_bid import Order, place_bid

PAGE = 50
_KEY = re.compile(r"[!-~]{1,255}")
_KEY_HEADER = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    "description": "The same key and body get the same answer again.",
}


def bids_blueprint(parts: Parts) -> Blueprint:
    """`POST /bids`, `GET /bids?bidder=` and `/bids/{id}`."""
    blueprint = Blueprint("bids", __name__)

    @blueprint.route("/bids")
    class Bids(MethodView):
        @require("bids:write")
        @blueprint.doc(parameters=[_KEY_HEADER])
        @blueprint.arguments(PlaceBidSchema)
        @blueprint.response(201, BidSchema, content_type=MEDIA_TYPE)
        @blueprint.alt_response(409, "CONFLICT")
        @blueprint.alt_response(503, "SERVICE_UNAVAILABLE")
        def post(self, body: dict[str, Any]) -> Response:
            """Place a bid."""
            order = _order(body, _caller(), request.headers.get("Idempotency-Key"))
            return _response(
                place_bid(
                    parts.storage.books,
                    parts.auctions,
                    order,
                    lambda applied: answer_bid(applied, parts.urls),
                )
            )

        @require("bids:read_maximum")
        @blueprint.arguments(OfBidderSchema, location="query")
        @blueprint.response(200, BidsSchema, content_type=MEDIA_TYPE)
        def get(self, query: dict[str, Any]) -> Response:
            """A bidder's own bids with their maxima, newest first."""
            bidder = query["bidder"]
            page = parts.storage.catalogue.bids_of_bidder(
                bidder, before=query.get("before"), most=PAGE
            )
            items = [own_bid_resource(bid, parts.urls) for bid in page.items]
            first_url = f"{parts.urls.bids}?bidder={quote(bidder, safe='')}"
            response = respond(page_resource(items, first_url, next_url(page, first_url)))
            response.headers["Cache-Control"] = "no-store"
            return response

    @blueprint.route(f"/bids/<int(max={LARGEST_ID}):bid_id>")
    class OneBid(MethodView):
        @require("bids:read")
        @blueprint.response(200, BidSchema, content_type=MEDIA_TYPE)
        def get(self, bid_id: int) -> Response:
            """A bid as it was when it was taken."""
            kept = parts.storage.catalogue.bid(bid_id)
            if kept is None:
                raise Problem(404, "There is no such bid")
            response = respond(bid_resource(kept, parts.urls))
            response.headers["Cache-Control"] = "private, max-age=86400, immutable"
            return response

    return blueprint


def _order(body: dict[str, Any], who: Caller, key: str | None) -> Order:
    if key is None or not _KEY.fullmatch(key):
        raise Problem(
            400,
            "An idempotency key is needed",
            detail="Send the header Idempotency-Key: 1 to 255 visible ASCII characters.",
        )
    maximum = Money.parse(body["maximum"])
    return Order(
        auction=body["auction"],
        bid=Bid(bidder=body["bidder"], maximum=maximum.amount_minor, currency=maximum.currency),
        key=Key(client=who.name, key=key, fingerprint=fingerprint_of(body)),
    )


def _caller() -> Caller:
    who = caller()
    if who is None:
        raise unauthorized("A token is needed")
    return who


def _response(answer: StoredAnswer) -> Response:
    return Response(answer.body, answer.status, headers=dict(answer.headers))
