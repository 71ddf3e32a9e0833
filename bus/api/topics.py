"""`/topics`: who publishes what, and how much."""

from typing import Any

from service_kit.openapi import Blueprint

from bus.api.documents import TopicSchema, refuses
from bus.api.parts import calling_client, parts, require_anybody
from bus.topic_name import check_topic

topics = Blueprint("topics", __name__, description="Who publishes what")


@topics.get("/topics")
@topics.response(200, TopicSchema(many=True))
@refuses(topics, 401)
def list_topics() -> Any:
    """Every topic, its publisher, and how many events it ever had."""
    require_anybody()
    return parts().storage.topics.all()


@topics.delete("/topics/<topic>")
@topics.response(204)
@refuses(topics, 400, 401, 403, 404)
def delete_topic(topic: str) -> None:
    """Let go of a topic. What was published is still delivered, and anybody may claim the name."""
    client = calling_client()
    bus = parts()
    bus.storage.topics.delete(check_topic(topic), client.id)
    bus.storage.ring()
