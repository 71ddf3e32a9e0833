"""What the live process is to the bus."""

from bus_client import Topology, WantedSubscription

from auction_app.live.config import Config


def topology(config: Config) -> Topology:
    """It publishes nothing, and hears of biddings and of who has news."""
    followed = WantedSubscription(
        topics=("biddings", "notices"),
        callback=f"{config.public_url}/events",
        uuid=config.webhook_uuid,
        secret=config.webhook_secret[0],
    )
    return Topology(subscriptions={"default": followed})
