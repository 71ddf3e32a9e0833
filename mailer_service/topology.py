"""What this service is to the bus."""

from bus_client import Topology

from mailer_service.config import Config
from mailer_service.notices.topics import TOPICS


def topology(config: Config) -> Topology:
    """It publishes nothing, and hears of all that somebody may be told of."""
    return Topology(
        topics=TOPICS,
        callback=f"{config.public_url}/events",
        uuid=config.webhook_uuid,
        secret=config.webhook_secret,
    )
