"""What the live process is to the bus."""

from bus_client import Topology, WantedSubscription

from auction_app.live.config import Config


def topology(config: Config) -> Topology:
    """It publishes nothing, and hears of biddings, of who has news, and of what the house
    announces."""
    followed = WantedSubscription(
        topics=("announcements", "biddings", "notices"),
        callback=f"{config.public_url}/events",
        uuid=config.webhook_uuid,
        secret=config.webhook_secret[0],
    )
    return Topology(subscriptions={"default": followed})
