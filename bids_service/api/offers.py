"""Second chances: looking at one, accepting and declining it."""

from typing import Any

from flask import Response
from flask.views import MethodView
from service_kit.access import require
from service_kit.clock import Clock
from service_kit.hal import MEDIA_TYPE, respond
from service_kit.openapi import Blueprint
from service_kit.problems import Problem

from bids_service.api.commands import answer, takes_command
from bids_service.api.schemas import LARGEST_ID, ByBidderSchema, OfferSchema
from bids_service.commands.handler import CommandHandler
from bids_service.engine.second_chance import AnswerOffer
from bids_service.model import StoredOffer
from bids_service.representations import offer_resource
from bids_service.storage.queries import Queries
from bids_service.urls import Urls

Body = dict[str, Any]


def offers_blueprint(
    handler: CommandHandler, queries: Queries, urls: Urls, clock: Clock
) -> Blueprint:
    """`GET /offers/{id}`, `POST /offers/{id}/acceptance` and `/refusal`."""
    blueprint = Blueprint("offers", __name__)
    one = f"/offers/<int(max={LARGEST_ID}):offer_id>"

    def found(offer_id: int) -> StoredOffer:
        stored = queries.offer(offer_id)
        if stored is None:
            raise Problem(404, "There is no such offer")
        return stored

    def end(offer_id: int, body: Body, *, accept: bool) -> Response:
        stored = found(offer_id)
        number = stored.offer.number
        command = AnswerOffer(number=number, bidder=body["bidder"], accept=accept)
        return answer(handler, stored.auction, command, body)

    @blueprint.route(one)
    class OneOffer(MethodView):
        @require("bids:read")
        @blueprint.response(200, OfferSchema, content_type=MEDIA_TYPE)
        def get(self, offer_id: int) -> Response:
            """The offer as it is now."""
            response = respond(offer_resource(found(offer_id), clock(), urls))
            response.headers["Cache-Control"] = "no-store"
            return response

    @blueprint.route(f"{one}/acceptance")
    class Acceptance(MethodView):
        @takes_command(blueprint, ByBidderSchema, status=200, answer=OfferSchema)
        def post(self, body: Body, offer_id: int) -> Response:
            """Accept it on behalf of the bidder."""
            return end(offer_id, body, accept=True)

    @blueprint.route(f"{one}/refusal")
    class Refusal(MethodView):
        @takes_command(blueprint, ByBidderSchema, status=200, answer=OfferSchema)
        def post(self, body: Body, offer_id: int) -> Response:
            """Decline it on behalf of the bidder."""
            return end(offer_id, body, accept=False)

    return blueprint
