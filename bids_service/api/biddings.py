"""Biddings to look at: the bids of each, and its history once it is closed."""

from typing import Any

from flask import Response, request
from flask.views import MethodView
from service_kit.access import permitted
from service_kit.clock import Clock
from service_kit.hal import MEDIA_TYPE, page_resource, respond
from service_kit.openapi import Blueprint
from service_kit.problems import Problem

from bids_service.api.problems import unknown_auction
from bids_service.api.schemas import (
    LARGEST_ID,
    AfterSchema,
    BiddingSchema,
    BidsSchema,
    CursorSchema,
    HistorySchema,
    OfAuctionSchema,
)
from bids_service.model import StoredBidding
from bids_service.representations import (
    bid_resource,
    bidding_etag,
    bidding_resource,
    entries_resource,
    public_bid_resource,
)
from bids_service.storage.queries import Queries
from bids_service.urls import Urls

PAGE = 50
HISTORY_PAGE = 500
_READ = "bids:read"
_PUBLIC: list[dict[str, list[str]]] = [{}, {"token": []}, {"basic": []}]
_FOREVER = "public, max-age=86400, immutable"


def biddings_blueprint(queries: Queries, urls: Urls, clock: Clock) -> Blueprint:
    """`GET /biddings?auction=`, `/biddings/{id}`, and its `/bids` and `/history`.

    Public; who shows a token of scope `bids:read` sees bidders by their URLs.
    """
    blueprint = Blueprint("biddings", __name__)
    one = f"/biddings/<int(max={LARGEST_ID}):bidding_id>"

    @blueprint.route("/biddings")
    class OfAuction(MethodView):
        @blueprint.doc(security=_PUBLIC)
        @blueprint.arguments(OfAuctionSchema(), location="query")
        @blueprint.response(303, description="The bidding is at Location")
        def get(self, query: dict[str, str]) -> Response:
            """Find the bidding of an auction."""
            stored = queries.bidding_of(query["auction"])
            if stored is None:
                raise unknown_auction()
            return Response(status=303, headers={"Location": urls.bidding(stored.id)})

    @blueprint.route(one)
    class OneBidding(MethodView):
        @blueprint.doc(security=_PUBLIC)
        @blueprint.response(200, BiddingSchema, content_type=MEDIA_TYPE)
        def get(self, bidding_id: int) -> Response:
            """The bidding as it is now."""
            named = permitted(_READ)
            stored = found(queries, bidding_id)
            now_ms = clock()
            response = respond(bidding_resource(stored, now_ms, urls, named=named))
            _for_whom(response, named=named)
            # Weak, because the server's time is in the body and in nothing that it stands for.
            response.set_etag(bidding_etag(stored, now_ms, named=named), weak=True)
            response.make_conditional(request)
            return response

    @blueprint.route(f"{one}/bids")
    class BidsOfBidding(MethodView):
        @blueprint.doc(security=_PUBLIC)
        @blueprint.arguments(CursorSchema(), location="query")
        @blueprint.response(200, BidsSchema, content_type=MEDIA_TYPE)
        def get(self, query: dict[str, Any], bidding_id: int) -> Response:
            """The bids that the public may know of, newest first."""
            named = permitted(_READ)
            stored = found(queries, bidding_id)
            page = queries.bids_of_bidding(stored, before=query.get("before"), most=PAGE)
            show = bid_resource if named else public_bid_resource
            items = [show(bid, urls) for bid in page.items]
            first_url = urls.bids_of(bidding_id)
            response = respond(page_resource("bids", items, first_url, before=page.cursor))
            _for_whom(response, named=named)
            response.add_etag()
            response.make_conditional(request)
            return response

    @blueprint.route(f"{one}/history")
    class HistoryOfBidding(MethodView):
        @blueprint.doc(security=_PUBLIC)
        @blueprint.arguments(AfterSchema(), location="query")
        @blueprint.response(200, HistorySchema, content_type=MEDIA_TYPE)
        @blueprint.alt_response(409, "CONFLICT")
        def get(self, query: dict[str, Any], bidding_id: int) -> Response:
            """Everything that was accepted, oldest first: public once the bidding is closed."""
            stored = found(queries, bidding_id)
            if not stored.bidding.is_closed:
                # It tells of silent raises, which nobody may learn of while they matter.
                raise Problem(409, "The auction is still running", reason="not_closed")
            page = queries.history(bidding_id, after=query.get("after", 0), most=HISTORY_PAGE)
            first_url = urls.history_of(bidding_id)
            items = entries_resource(page.items)
            response = respond(page_resource("entries", items, first_url, after=page.cursor))
            is_full = page.cursor is not None
            response.headers["Cache-Control"] = _FOREVER if is_full else "public, no-cache"
            response.add_etag()
            response.make_conditional(request)
            return response

    return blueprint


def found(queries: Queries, bidding_id: int) -> StoredBidding:
    """The bidding of an id. Raises Problem 404."""
    stored = queries.bidding(bidding_id)
    if stored is None:
        raise Problem(404, "There is no such bidding")
    return stored


def _for_whom(response: Response, *, named: bool) -> None:
    response.headers["Cache-Control"] = "private, no-cache" if named else "public, no-cache"
    response.vary.add("Authorization")
