"""What this service is to the bus."""

from bus_client import Topology, WantedSubscription

from accounting_service.config import Config


def topology(config: Config) -> Topology:
    """It publishes nothing, and hears of payments; it begins with those that there are."""
    wanted = WantedSubscription(
        topics=("payments",),
        callback=f"{config.public_url}/events",
        uuid=config.webhook_uuid,
        secret=config.webhook_secret,
        start="snapshot",
    )
    return Topology(subscriptions={"default": wanted})
