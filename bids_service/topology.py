"""What this service is to the bus."""

from bus_client import NO_DATA, TopicAbout, Topology, WantedSubscription

from bids_service.config import Config
from bids_service.urls import Urls

PUBLISHED = {
    "biddings": TopicAbout(
        "The bid book of an auction: its price, leader, end or outcome has changed.", NO_DATA
    ),
    "bids": TopicAbout("A bid was accepted, which never changes.", NO_DATA),
    "offers": TopicAbout("A second chance was offered to a bidder, or what became of it.", NO_DATA),
}


def topology(config: Config) -> Topology:
    """What it publishes, and that it hears of auctions."""
    followed = WantedSubscription(
        topics=("auctions",),
        callback=Urls(config.public_url, config.public_url).events,
        uuid=config.webhook_uuid,
        secret=config.webhook_secret,
    )
    return Topology(
        publishes=tuple(PUBLISHED), about=PUBLISHED, subscriptions={"default": followed}
    )
