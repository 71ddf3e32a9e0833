"""What this app is to the bus."""

from bus_client import Topology, WantedSubscription

from auction_app.bidding.on_event import FOLLOWED
from auction_app.config import Config
from auction_app.urls import Urls

PUBLISHED = ("auctions", "customers", "orders", "questions", "reminders")


def topology(config: Config) -> Topology:
    """What it publishes, and that it hears of all that bids_service says."""
    followed = WantedSubscription(
        topics=tuple(FOLLOWED),
        callback=Urls(config.public_url).absolute("/events"),
        uuid=config.webhook_uuid,
        secret=config.webhook_secret[0],
    )
    return Topology(publishes=PUBLISHED, subscriptions={"default": followed})
