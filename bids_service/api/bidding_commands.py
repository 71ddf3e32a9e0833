"""Commands on one bidding: buying at once, taking bids back, calling off, offering again."""

from typing import Any

from flask import Response
from flask.views import MethodView
from service_kit.access import require
from service_kit.hal import MEDIA_TYPE
from service_kit.openapi import Blueprint

from bids_service.api.biddings import found
from bids_service.api.commands import COMMAND_HEADERS, answer
from bids_service.api.schemas import (
    LARGEST_ID,
    BiddingSchema,
    ByBidderSchema,
    CancellationSchema,
    OfferSchema,
    ToBidderSchema,
)
from bids_service.commands.handler import CommandHandler
from bids_service.engine.book import Command
from bids_service.engine.buy_now import BuyNow
from bids_service.engine.close import Cancel
from bids_service.engine.retract import Retract
from bids_service.engine.second_chance import SecondChance
from bids_service.storage.queries import Queries

Body = dict[str, Any]


def bidding_commands_blueprint(handler: CommandHandler, queries: Queries) -> Blueprint:
    """`POST /biddings/{id}/purchase`, `/retractions`, `/cancellation` and `/offers`."""
    blueprint = Blueprint("bidding_commands", __name__)
    one = f"/biddings/<int(max={LARGEST_ID}):bidding_id>"

    def carry_out(bidding_id: int, command: Command, body: Body) -> Response:
        stored = found(queries, bidding_id)
        return answer(handler, stored.auction, command, body)

    @blueprint.route(f"{one}/purchase")
    class Purchase(MethodView):
        @require("bids:write")
        @blueprint.doc(parameters=COMMAND_HEADERS)
        @blueprint.arguments(ByBidderSchema())
        @blueprint.response(200, BiddingSchema, content_type=MEDIA_TYPE)
        @blueprint.alt_response(202, description="Taken in; the outcome will be at Location")
        @blueprint.alt_response(409, "CONFLICT")
        def post(self, body: Body, bidding_id: int) -> Response:
            """Buy at the buy-now price, which ends the auction."""
            return carry_out(bidding_id, BuyNow(bidder=body["bidder"]), body)

    @blueprint.route(f"{one}/retractions")
    class Retractions(MethodView):
        @require("bids:write")
        @blueprint.doc(parameters=COMMAND_HEADERS)
        @blueprint.arguments(ByBidderSchema())
        @blueprint.response(200, BiddingSchema, content_type=MEDIA_TYPE)
        @blueprint.alt_response(202, description="Taken in; the outcome will be at Location")
        @blueprint.alt_response(409, "CONFLICT")
        def post(self, body: Body, bidding_id: int) -> Response:
            """Take a bidder's bids back, as far as the rules let them go."""
            return carry_out(bidding_id, Retract(bidder=body["bidder"]), body)

    @blueprint.route(f"{one}/cancellation")
    class Cancellation(MethodView):
        @require("bids:write")
        @blueprint.doc(parameters=COMMAND_HEADERS)
        @blueprint.arguments(CancellationSchema())
        @blueprint.response(200, BiddingSchema, content_type=MEDIA_TYPE)
        @blueprint.alt_response(202, description="Taken in; the outcome will be at Location")
        @blueprint.alt_response(409, "CONFLICT")
        def post(self, body: Body, bidding_id: int) -> Response:
            """Call the auction off on behalf of its seller, perhaps only while nobody has bid."""
            return carry_out(bidding_id, Cancel(**body), body)

    @blueprint.route(f"{one}/offers")
    class Offers(MethodView):
        @require("bids:write")
        @blueprint.doc(parameters=COMMAND_HEADERS)
        @blueprint.arguments(ToBidderSchema())
        @blueprint.response(201, OfferSchema, content_type=MEDIA_TYPE)
        @blueprint.alt_response(202, description="Taken in; the outcome will be at Location")
        @blueprint.alt_response(409, "CONFLICT")
        def post(self, body: Body, bidding_id: int) -> Response:
            """Offer the item to a bidder who didn't get it, on behalf of its seller."""
            offer = SecondChance(seller=body["seller"], to=body["bidder"])
            return carry_out(bidding_id, offer, body)

    return blueprint
