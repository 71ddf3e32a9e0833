"""`/metrics`: what Prometheus scrapes."""

from flask import Response, request
from service_kit.access import shown_token
from service_kit.openapi import Blueprint

from bus.api.endpoint import endpoint
from bus.metrics import CONTENT_TYPE, metrics
from bus.parts import Parts


def metrics_blueprint(bus: Parts) -> Blueprint:
    """`GET /metrics`."""
    blueprint = Blueprint("metrics", __name__, description="Counts for Prometheus")

    @endpoint(blueprint, "GET", "/metrics", answers=(200, None))
    def scrape() -> Response:
        """Counts, lags and histograms in Prometheus's text format."""
        bus.access.monitor(shown_token(request))
        return Response(metrics(bus.storage), content_type=CONTENT_TYPE)

    return blueprint
