"""What the house commands about one bidding: docs/bidding.md B17, B18."""

from typing import Any

from flask import Response
from flask.views import MethodView
from service_kit.openapi import Blueprint

from bids_service.api.biddings import found
from bids_service.api.commands import answer, takes_command
from bids_service.api.schemas import LARGEST_ID, BiddingSchema, ByBidderSchema, ByHouseSchema
from bids_service.commands.handler import CommandHandler
from bids_service.engine.book import Decree
from bids_service.engine.house import Bar, End, Freeze, Resume, Unbar
from bids_service.storage.queries import Queries

Body = dict[str, Any]


def house_commands_blueprint(handler: CommandHandler, queries: Queries) -> Blueprint:
    """`POST /biddings/{id}/freeze`, `/resumption`, `/end`, `/bars` and `/unbars`."""
    blueprint = Blueprint("house_commands", __name__)
    one = f"/biddings/<int(max={LARGEST_ID}):bidding_id>"

    def execute(bidding_id: int, command: Decree, body: Body) -> Response:
        stored = found(queries, bidding_id)
        return answer(handler, stored.auction, command, body)

    @blueprint.route(f"{one}/freeze")
    class Frozen(MethodView):
        @takes_command(blueprint, ByHouseSchema, status=200, answer=BiddingSchema)
        def post(self, body: Body, bidding_id: int) -> Response:
            """Stop the bidding where it stands."""
            return execute(bidding_id, Freeze(), body)

    @blueprint.route(f"{one}/resumption")
    class Resumption(MethodView):
        @takes_command(blueprint, ByHouseSchema, status=200, answer=BiddingSchema)
        def post(self, body: Body, bidding_id: int) -> Response:
            """Let a frozen bidding go on, with the lost time given back."""
            return execute(bidding_id, Resume(), body)

    @blueprint.route(f"{one}/end")
    class Ended(MethodView):
        @takes_command(blueprint, ByHouseSchema, status=200, answer=BiddingSchema)
        def post(self, body: Body, bidding_id: int) -> Response:
            """End the bidding without a sale, frozen or not."""
            return execute(bidding_id, End(), body)

    @blueprint.route(f"{one}/bars")
    class Bars(MethodView):
        @takes_command(blueprint, ByBidderSchema, status=200, answer=BiddingSchema)
        def post(self, body: Body, bidding_id: int) -> Response:
            """Take a bidder's bids back on behalf of the house, and take no more of them."""
            return execute(bidding_id, Bar(bidder=body["bidder"]), body)

    @blueprint.route(f"{one}/unbars")
    class Unbars(MethodView):
        @takes_command(blueprint, ByBidderSchema, status=200, answer=BiddingSchema)
        def post(self, body: Body, bidding_id: int) -> Response:
            """Take bids of a barred bidder again; those that were taken back stay so."""
            return execute(bidding_id, Unbar(bidder=body["bidder"]), body)

    return blueprint
