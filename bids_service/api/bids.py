"""Bids: placing one, looking at one, and those of a bidder with their maxima."""

from typing import Any
from urllib.parse import quote

from flask import Response, request
from flask.views import MethodView
from service_kit.access import require
from service_kit.clock import Clock
from service_kit.hal import MEDIA_TYPE, page_resource, respond
from service_kit.money import Money
from service_kit.openapi import Blueprint
from service_kit.problems import Problem

from bids_service.api.commands import answer, takes_command
from bids_service.api.schemas import (
    LARGEST_ID,
    BidSchema,
    BidsSchema,
    OfBidderSchema,
    PlaceBidSchema,
)
from bids_service.commands.handler import CommandHandler
from bids_service.engine.bid import Bid
from bids_service.representations import bid_resource, own_bid_resource
from bids_service.storage.queries import Queries
from bids_service.urls import Urls

PAGE = 50


def bids_blueprint(
    handler: CommandHandler, queries: Queries, urls: Urls, clock: Clock
) -> Blueprint:
    """`POST /bids`, `GET /bids?bidder=` and `/bids/{id}`."""
    blueprint = Blueprint("bids", __name__)

    @blueprint.route("/bids")
    class Bids(MethodView):
        @takes_command(blueprint, PlaceBidSchema, status=201, answer=BidSchema)
        @blueprint.alt_response(503, "SERVICE_UNAVAILABLE")
        def post(self, body: dict[str, Any]) -> Response:
            """Place a bid."""
            maximum = Money.parse(body["maximum"])
            bid = Bid(
                bidder=body["bidder"], maximum=maximum.amount_minor, currency=maximum.currency
            )
            return answer(handler, body["auction"], bid, body)

        @require("bids:read_maximum")
        @blueprint.arguments(OfBidderSchema(), location="query")
        @blueprint.response(200, BidsSchema, content_type=MEDIA_TYPE)
        def get(self, query: dict[str, Any]) -> Response:
            """A bidder's own bids with their maxima, newest first."""
            bidder = query["bidder"]
            page = queries.bids_of_bidder(bidder, before=query.get("before"), most=PAGE)
            now_ms = clock()
            items = [own_bid_resource(own, now_ms, urls) for own in page.items]
            first_url = f"{urls.bids}?bidder={quote(bidder, safe='')}"
            response = respond(page_resource("bids", items, first_url, before=page.cursor))
            response.headers["Cache-Control"] = "no-store"
            return response

    @blueprint.route(f"/bids/<int(max={LARGEST_ID}):bid_id>")
    class OneBid(MethodView):
        @require("bids:read")
        @blueprint.response(200, BidSchema, content_type=MEDIA_TYPE)
        def get(self, bid_id: int) -> Response:
            """A bid as it was when it was taken."""
            stored = queries.bid(bid_id)
            if stored is None:
                raise Problem(404, "There is no such bid")
            response = respond(bid_resource(stored, urls))
            response.headers["Cache-Control"] = "private, max-age=86400, immutable"
            response.set_etag(stored.receipt)
            response.make_conditional(request)
            return response

    return blueprint
