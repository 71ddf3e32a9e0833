"""What this service is to the bus."""

from bus_client import Topology, WantedSubscription

from bids_service.config import Config
from bids_service.urls import Urls

PUBLISHED = ("biddings", "bids", "offers")


def topology(config: Config) -> Topology:
    """What it publishes, and that it hears of auctions."""
    followed = WantedSubscription(
        topics=("auctions",),
        callback=Urls(config.public_url, config.public_url).events,
        uuid=config.webhook_uuid,
        secret=config.webhook_secret,
    )
    return Topology(publishes=PUBLISHED, subscriptions={"default": followed})
