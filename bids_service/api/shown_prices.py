"""At what a closed bidding's item can be offered to whom: a second chance is seen before."""

from operator import itemgetter

from flask import Response
from flask.views import MethodView
from service_kit.access import require
from service_kit.hal import MEDIA_TYPE, link, resource, respond
from service_kit.openapi import Blueprint
from service_kit.problems import Problem

from bids_service.api.biddings import found
from bids_service.api.schemas import LARGEST_ID, MOST_SHOWN_PRICES, ShownPricesSchema
from bids_service.engine.shown_price import shown_prices
from bids_service.representations import shown_price_resource
from bids_service.storage.queries import Queries
from bids_service.urls import Urls


def shown_prices_blueprint(queries: Queries, urls: Urls) -> Blueprint:
    """`GET /biddings/{id}/shown-prices`."""
    blueprint = Blueprint("shown_prices", __name__)

    @blueprint.route(f"/biddings/<int(max={LARGEST_ID}):bidding_id>/shown-prices")
    class ShownPrices(MethodView):
        @require("bids:read")
        @blueprint.response(200, ShownPricesSchema, content_type=MEDIA_TYPE)
        @blueprint.alt_response(409, "CONFLICT")
        def get(self, bidding_id: int) -> Response:
            """At what each bidder can be offered the item (docs/bidding.md B14), highest first."""
            stored = found(queries, bidding_id)
            if not stored.bidding.is_closed:
                raise Problem(409, "The auction is still running", reason="not_closed")
            prices = shown_prices(stored.bidding.terms, queries.bids_that_count(bidding_id))
            highest = sorted(prices.items(), key=itemgetter(1), reverse=True)[:MOST_SHOWN_PRICES]
            items = [shown_price_resource(stored, bidder, price) for bidder, price in highest]
            url = urls.shown_prices_of(bidding_id)
            response = respond(resource({}, {"self": link(url)}, {"bidders": items}))
            response.headers["Cache-Control"] = "no-store"
            return response

    return blueprint
