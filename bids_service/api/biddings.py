"""Biddings, and the bids of each."""

from typing import Any

from flask import Response, request
from flask.views import MethodView
from service_kit.access import require
from service_kit.hal import MEDIA_TYPE, respond
from service_kit.openapi import Blueprint
from service_kit.problems import Problem

from bids_service.api.problems import unknown_auction
from bids_service.api.representations import (
    bid_resource,
    bidding_etag,
    bidding_resource,
    next_url,
    page_resource,
)
from bids_service.api.schemas import (
    LARGEST_ID,
    BiddingSchema,
    BidsSchema,
    CursorSchema,
    OfAuctionSchema,
)
from bids_service.model import KeptBidding
from bids_service.parts import Parts
from bids_service.storage.catalogue import Catalogue

PAGE = 50


def biddings_blueprint(parts: Parts) -> Blueprint:
    """`GET /biddings?auction=`, `/biddings/{id}` and `/biddings/{id}/bids`."""
    blueprint = Blueprint("biddings", __name__)
    one = f"/biddings/<int(max={LARGEST_ID}):bidding_id>"

    @blueprint.route("/biddings")
    class OfAuction(MethodView):
        @require("bids:read")
        @blueprint.arguments(OfAuctionSchema, location="query")
        @blueprint.response(303, description="The bidding is at Location")
        def get(self, query: dict[str, str]) -> Response:
            """Find the bidding of an auction."""
            kept = parts.storage.catalogue.bidding_of(query["auction"])
            if kept is None:
                raise unknown_auction()
            return Response(status=303, headers={"Location": parts.urls.bidding(kept.id)})

    @blueprint.route(one)
    class OneBidding(MethodView):
        @require("bids:read")
        @blueprint.response(200, BiddingSchema, content_type=MEDIA_TYPE)
        def get(self, bidding_id: int) -> Response:
            """The bidding as it is now."""
            kept = _found(parts.storage.catalogue, bidding_id)
            now_ms = parts.clock()
            response = respond(bidding_resource(kept, now_ms, parts.urls))
            response.headers["Cache-Control"] = "private, no-cache"
            # Weak, because the server's time is in the body and in nothing that it stands for.
            response.set_etag(bidding_etag(kept, now_ms), weak=True)
            response.make_conditional(request)
            return response

    @blueprint.route(f"{one}/bids")
    class BidsOfBidding(MethodView):
        @require("bids:read")
        @blueprint.arguments(CursorSchema, location="query")
        @blueprint.response(200, BidsSchema, content_type=MEDIA_TYPE)
        def get(self, query: dict[str, Any], bidding_id: int) -> Response:
            """The bids that the public may know of, newest first."""
            _found(parts.storage.catalogue, bidding_id)
            page = parts.storage.catalogue.bids_of_bidding(
                bidding_id, before=query.get("before"), most=PAGE
            )
            items = [bid_resource(bid, parts.urls) for bid in page.items]
            first_url = parts.urls.bids_of(bidding_id)
            return respond(page_resource(items, first_url, next_url(page, first_url)))

    return blueprint


def _found(catalogue: Catalogue, bidding_id: int) -> KeptBidding:
    kept = catalogue.bidding(bidding_id)
    if kept is None:
        raise Problem(404, "There is no such bidding")
    return kept
