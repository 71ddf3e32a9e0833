"""What became of commands that were answered 202."""

from flask import Response
from flask.views import MethodView
from service_kit.access import require
from service_kit.hal import MEDIA_TYPE, respond
from service_kit.openapi import Blueprint
from service_kit.problems import Problem

from bids_service.api.commands import who_calls
from bids_service.api.representations import outcome_resource
from bids_service.api.schemas import LARGEST_ID, OutcomeSchema
from bids_service.parts import Parts


def outcomes_blueprint(parts: Parts) -> Blueprint:
    """`GET /commands/{id}`."""
    blueprint = Blueprint("outcomes", __name__)

    @blueprint.route(f"/commands/<int(max={LARGEST_ID}):command_id>")
    class OneOutcome(MethodView):
        @require("bids:write")
        @blueprint.response(200, OutcomeSchema, content_type=MEDIA_TYPE)
        def get(self, command_id: int) -> Response:
            """Whether a command was carried out, and its answer; for the client that sent it."""
            taken_in = parts.storage.waiting.outcome(command_id)
            if taken_in is None or taken_in.client != who_calls().name:
                raise Problem(404, "There is no such command")
            response = respond(outcome_resource(taken_in, parts.urls))
            response.headers["Cache-Control"] = "no-store"
            if taken_in.answer is None:
                response.headers["Retry-After"] = "1"
            return response

    return blueprint
