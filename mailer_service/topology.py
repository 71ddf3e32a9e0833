"""What this service is to the bus."""

from bus_client import Topology, WantedSubscription

from mailer_service.config import Config
from mailer_service.notices.reports import TOPIC as BUS_TOPIC
from mailer_service.notices.topics import TOPICS


def topology(config: Config) -> Topology:
    """It publishes nothing, and hears of all that somebody may be told of; of the bus itself by a
    subscription for that alone, which is not reported on (docs/delivery.md D35)."""
    topics = {"default": TOPICS} | ({"operator": (BUS_TOPIC,)} if config.operator else {})
    return Topology(
        subscriptions={
            name: WantedSubscription(
                topics=of_it,
                callback=f"{config.public_url}/events",
                uuid=config.webhook_uuid,
                secret=config.webhook_secret,
            )
            for name, of_it in topics.items()
        }
    )
