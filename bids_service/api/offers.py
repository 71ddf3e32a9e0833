"""Second chances: looking at one, accepting and declining it."""

from typing import Any

from flask import Response
from flask.views import MethodView
from service_kit.access import require
from service_kit.hal import MEDIA_TYPE, respond
from service_kit.openapi import Blueprint
from service_kit.problems import Problem

from bids_service.api.commands import COMMAND_HEADERS, answer
from bids_service.api.representations import offer_resource
from bids_service.api.schemas import LARGEST_ID, ByBidderSchema, OfferSchema
from bids_service.engine.second_chance import AnswerOffer
from bids_service.model import KeptOffer
from bids_service.parts import Parts

Body = dict[str, Any]


def offers_blueprint(parts: Parts) -> Blueprint:
    """`GET /offers/{id}`, `POST /offers/{id}/acceptance` and `/refusal`."""
    blueprint = Blueprint("offers", __name__)
    one = f"/offers/<int(max={LARGEST_ID}):offer_id>"

    def found(offer_id: int) -> KeptOffer:
        kept = parts.storage.catalogue.offer(offer_id)
        if kept is None:
            raise Problem(404, "There is no such offer")
        return kept

    def end(offer_id: int, body: Body, *, accept: bool) -> Response:
        kept = found(offer_id)
        number = kept.offer.number
        command = AnswerOffer(number=number, bidder=body["bidder"], accept=accept)
        return answer(parts.desk, kept.auction, command, body)

    @blueprint.route(one)
    class OneOffer(MethodView):
        @require("bids:read")
        @blueprint.response(200, OfferSchema, content_type=MEDIA_TYPE)
        def get(self, offer_id: int) -> Response:
            """The offer as it is now."""
            response = respond(offer_resource(found(offer_id), parts.clock(), parts.urls))
            response.headers["Cache-Control"] = "no-store"
            return response

    @blueprint.route(f"{one}/acceptance")
    class Acceptance(MethodView):
        @require("bids:write")
        @blueprint.doc(parameters=COMMAND_HEADERS)
        @blueprint.arguments(ByBidderSchema())
        @blueprint.response(200, OfferSchema, content_type=MEDIA_TYPE)
        @blueprint.alt_response(202, description="Taken in; the outcome will be at Location")
        @blueprint.alt_response(409, "CONFLICT")
        def post(self, body: Body, offer_id: int) -> Response:
            """Accept it on behalf of the bidder."""
            return end(offer_id, body, accept=True)

    @blueprint.route(f"{one}/refusal")
    class Refusal(MethodView):
        @require("bids:write")
        @blueprint.doc(parameters=COMMAND_HEADERS)
        @blueprint.arguments(ByBidderSchema())
        @blueprint.response(200, OfferSchema, content_type=MEDIA_TYPE)
        @blueprint.alt_response(202, description="Taken in; the outcome will be at Location")
        @blueprint.alt_response(409, "CONFLICT")
        def post(self, body: Body, offer_id: int) -> Response:
            """Decline it on behalf of the bidder."""
            return end(offer_id, body, accept=False)

    return blueprint
