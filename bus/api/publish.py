"""`POST /topics/{topic}`: the hot path, so it has a view without schemas, apart from the others."""

import time

from flask import Blueprint, Response, current_app, request
from service_kit.access import shown_token
from service_kit.bodies import read_body
from service_kit.trace import current_traceparent

from bus.api.query import refuse_query
from bus.bootstrap import Bus
from bus.model.topic import check_topic
from bus.publish.content_modes import attributes_of
from bus.publish.publisher import PublishCall

# To who asks first, as CloudEvents' webhooks do (its HTTP webhooks, section 4); the token says who
# may publish.
_CONSENT = {"WebHook-Allowed-Origin": "*", "WebHook-Allowed-Rate": "*"}


def publish_blueprint(bus: Bus) -> Blueprint:
    """`POST /topics/{topic}`, and `OPTIONS` of who asks whether to."""
    blueprint = Blueprint("publish", __name__)

    @blueprint.post("/topics/<topic>", provide_automatic_options=False)
    def publish(topic: str) -> Response:
        refuse_query()
        client, call = bus.auth.recent_client(shown_token(request)), _call(topic)
        began_s = time.perf_counter()
        bus.publisher.publish(client, call)
        bus.publish_seconds.observe(time.perf_counter() - began_s)
        return Response(status=200)

    @blueprint.route("/topics/<topic>", methods=["OPTIONS"])
    def consent(topic: str) -> Response:
        check_topic(topic)
        response = current_app.make_default_options_response()
        if "WebHook-Request-Origin" in request.headers:
            response.headers.update(_CONSENT)
        return response

    return blueprint


def _call(topic: str) -> PublishCall:
    return PublishCall(
        topic,
        read_body(request),
        request.mimetype,
        request.headers.get("Idempotency-Key"),
        current_traceparent() if "traceparent" in request.headers else None,
        attributes_of(request.headers.items()),
    )
