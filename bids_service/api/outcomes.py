"""What became of commands that were answered 202."""

from flask import Response
from flask.views import MethodView
from service_kit.access import require
from service_kit.hal import MEDIA_TYPE, respond
from service_kit.openapi import Blueprint
from service_kit.problems import Problem

from bids_service.api.commands import who_calls
from bids_service.api.schemas import LARGEST_ID, OutcomeSchema
from bids_service.representations import outcome_resource
from bids_service.storage.queries import Queries
from bids_service.urls import Urls


def outcomes_blueprint(queries: Queries, urls: Urls) -> Blueprint:
    """`GET /commands/{id}`."""
    blueprint = Blueprint("outcomes", __name__)

    @blueprint.route(f"/commands/<int(max={LARGEST_ID}):command_id>")
    class OneOutcome(MethodView):
        @require("bids:write")
        @blueprint.response(200, OutcomeSchema, content_type=MEDIA_TYPE)
        def get(self, command_id: int) -> Response:
            """Whether a command was carried out, and its answer; for the client that sent it."""
            accepted = queries.accepted(command_id)
            if accepted is None or accepted.client != who_calls().name:
                raise Problem(404, "There is no such command")
            response = respond(outcome_resource(accepted, urls))
            response.headers["Cache-Control"] = "no-store"
            if accepted.body is None:
                response.headers["Retry-After"] = "1"
            return response

    return blueprint
