"""Commands on one bidding: buying at once, taking bids back, calling off, offering again."""

from typing import Any

from flask import Response
from flask.views import MethodView
from service_kit.money import Money
from service_kit.openapi import Blueprint

from bids_service.api.biddings import found
from bids_service.api.commands import answer, takes_command
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

    def execute(bidding_id: int, command: Command, body: Body) -> Response:
        stored = found(queries, bidding_id)
        return answer(handler, stored.auction, command, body)

    @blueprint.route(f"{one}/purchase")
    class Purchase(MethodView):
        @takes_command(blueprint, ByBidderSchema, status=200, answer=BiddingSchema)
        def post(self, body: Body, bidding_id: int) -> Response:
            """Buy at the buy-now price, which ends the auction."""
            return execute(bidding_id, BuyNow(bidder=body["bidder"]), body)

    @blueprint.route(f"{one}/retractions")
    class Retractions(MethodView):
        @takes_command(blueprint, ByBidderSchema, status=200, answer=BiddingSchema)
        def post(self, body: Body, bidding_id: int) -> Response:
            """Take a bidder's bids back, as far as the rules let them go."""
            return execute(bidding_id, Retract(bidder=body["bidder"]), body)

    @blueprint.route(f"{one}/cancellation")
    class Cancellation(MethodView):
        @takes_command(blueprint, CancellationSchema, status=200, answer=BiddingSchema)
        def post(self, body: Body, bidding_id: int) -> Response:
            """Call the auction off on behalf of its seller, perhaps only while nobody has bid."""
            return execute(bidding_id, Cancel(**body), body)

    @blueprint.route(f"{one}/offers")
    class Offers(MethodView):
        @takes_command(blueprint, ToBidderSchema, status=201, answer=OfferSchema)
        def post(self, body: Body, bidding_id: int) -> Response:
            """Offer the item to a bidder who didn't get it, on behalf of its seller."""
            price = Money.parse(body["price"]) if "price" in body else None
            offer = SecondChance(
                seller=body["seller"],
                to=body["bidder"],
                price=price.amount_minor if price else None,
                currency=price.currency if price else None,
            )
            return execute(bidding_id, offer, body)

    return blueprint
