"""`POST /topics/{topic}`: the hot path, so it has a view without schemas, apart from the others."""

from flask import Blueprint, Response, request
from service_kit.access import shown_token
from service_kit.bodies import MAX_BODY_BYTES, too_large
from service_kit.trace import current_traceparent

from bus.api.parts import parts

publishing = Blueprint("publish", __name__)


@publishing.post("/topics/<topic>")
def publish(topic: str) -> Response:
    """Store one event, or an array of up to 1 000; 200 once they are on disk."""
    bus = parts()
    client = bus.access.client(shown_token(request))
    trace = current_traceparent() if "traceparent" in request.headers else None
    bus.publisher.publish(client, topic, _body(), trace)
    return Response(status=200)


def _body() -> bytes:
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise too_large(MAX_BODY_BYTES)
    body = request.stream.read(MAX_BODY_BYTES + 1)
    if len(body) > MAX_BODY_BYTES:
        raise too_large(MAX_BODY_BYTES)
    return body
