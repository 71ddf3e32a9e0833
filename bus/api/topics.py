"""`/topics`: who publishes what, and how much."""

from flask import request
from service_kit.access import shown_token
from service_kit.openapi import Blueprint

from bus.api.documents import TopicSchema
from bus.api.endpoint import endpoint
from bus.model import Topic
from bus.parts import Parts
from bus.topic_name import check_topic


def topics_blueprint(bus: Parts) -> Blueprint:
    """`GET /topics` and `DELETE /topics/{topic}`."""
    blueprint = Blueprint("topics", __name__, description="Who publishes what")

    @endpoint(blueprint, "GET", "/topics", answers=(200, TopicSchema(many=True)))
    def list_topics() -> list[Topic]:
        """Every topic, its publisher, and how many events it ever had."""
        bus.access.monitor(shown_token(request))
        return bus.storage.topics.all()

    @endpoint(blueprint, "DELETE", "/topics/<topic>", answers=(204, None), refuses=(400, 403, 404))
    def delete_topic(topic: str) -> None:
        """Let go of a topic. What was published is still delivered; anybody may claim the name."""
        client = bus.access.publisher(shown_token(request))
        bus.storage.topics.delete(check_topic(topic), client.id)
        bus.storage.notify()

    return blueprint
