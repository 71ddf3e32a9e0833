"""`/pulse` and `/health`: is the bus well, and does it need more pushers."""

import time

from flask import Response, jsonify, request
from service_kit.access import shown_token
from service_kit.metrics.exposition import CONTENT_TYPE, exposition
from service_kit.metrics.histogram import Histogram
from service_kit.openapi import Blueprint

from bus.api.endpoint import endpoint
from bus.bootstrap import Bus
from bus.model.delivery import Overview
from bus.model.subscription import State

# routemaster's contract with autoscalers: a slow answer means "more of you".
LAGGING_EVENTS = 1_000
SLOW_ANSWER_S = 1.0


def pulse_blueprint(bus: Bus) -> Blueprint:
    """Pulse, scaling, health and ping."""
    blueprint = Blueprint("pulse", __name__, description="Is the bus well")

    @endpoint(blueprint, "GET", "/pulse", answers=(204, None))
    def pulse() -> None:
        """204 when the store can be read and written."""
        bus.auth.monitor(shown_token(request))
        bus.storage.check_ready()

    @endpoint(blueprint, "GET", "/pulse/scaling", answers=(204, None))
    def scaling() -> None:
        """204: at once while deliveries keep up, after a second when over 1 000 events wait for a
        pusher. What waits for a subscriber that fails or is paused, no pusher would help."""
        bus.auth.monitor(shown_token(request))
        each = [one for _, store in bus.logs for one in store.overviews.every()]
        waiting = sum(map(_wait_for_a_pusher, each))
        if waiting > LAGGING_EVENTS:
            time.sleep(SLOW_ANSWER_S)

    @endpoint(blueprint, "GET", "/health", answers=(200, None), public=True)
    def health() -> Response:
        """200 while the process lives."""
        return jsonify(status="ok")

    @endpoint(
        blueprint,
        "GET",
        "/health/ping",
        "/health/ping.json",
        answers=(200, None),
        public=True,
    )
    def ping() -> Response:
        """200 with the bus's clock in milliseconds."""
        return jsonify(pong=bus.now_ms())

    return blueprint


def _wait_for_a_pusher(one: Overview) -> int:
    ours = one.subscription
    is_well = ours.state is State.ACTIVE and not one.health.failures and not ours.is_pulled
    return one.lag.events if is_well else 0


def metrics_blueprint(bus: Bus, requests: Histogram) -> Blueprint:
    """`GET /metrics`; `requests` has been timed by every worker."""
    blueprint = Blueprint("metrics", __name__, description="Counts for Prometheus")

    @endpoint(blueprint, "GET", "/metrics", answers=(200, None))
    def scrape() -> Response:
        """Counts and lags in Prometheus's text format: the caller's own, or everybody's, with
        what there is beside, for the root key and a token of scope `monitor:all`."""
        from bus.metrics import metrics  # a web server comes with Prometheus's library

        viewer = bus.auth.monitor(shown_token(request))
        timings = (bus.publish_seconds, requests)
        text = exposition(metrics(bus.logs, viewer, timings))
        return Response(text, content_type=CONTENT_TYPE)

    return blueprint
