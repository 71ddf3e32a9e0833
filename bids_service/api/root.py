"""The root: where a client begins."""

from flask import Response
from flask.views import MethodView
from service_kit.access import caller, unauthorized
from service_kit.hal import MEDIA_TYPE, link, resource, respond
from service_kit.openapi import Blueprint

from bids_service.api.schemas import RootSchema
from bids_service.urls import Urls


def root_blueprint(urls: Urls) -> Blueprint:
    """`GET /`."""
    blueprint = Blueprint("root", __name__)

    @blueprint.route("/")
    class Root(MethodView):
        @blueprint.response(200, RootSchema, content_type=MEDIA_TYPE)
        def get(self) -> Response:
            """The links that lead to everything else; any token will do."""
            if caller() is None:
                raise unauthorized("A token is needed")
            return respond(resource({}, _links(urls)))

    return blueprint


def _links(urls: Urls) -> dict[str, dict[str, object]]:
    return {
        "self": link(urls.root),
        "bidding": link(urls.biddings + "{?auction}", templated=True),
        "bids": link(urls.bids + "{?bidder}", templated=True),
        "place-bid": link(urls.placing),
        "simulate": link(urls.simulations),
    }
