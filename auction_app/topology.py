"""What this app is to the bus."""

from bus_client import NO_DATA, TopicAbout, Topology, WantedSubscription

from auction_app.bidding.on_event import FOLLOWED
from auction_app.config import Config
from auction_app.urls import Urls

PUBLISHED = {
    "announcements": TopicAbout("The house will be closed for maintenance, or no longer.", NO_DATA),
    "auctions": TopicAbout("An auction was listed, or its listing has changed.", NO_DATA),
    "customers": TopicAbout("A customer came, or has changed.", NO_DATA),
    "orders": TopicAbout(
        "What became of a sale: agreed, unpaid, paid, shipped, received, sent back, returned or"
        " cancelled.",
        NO_DATA,
    ),
    "messages": TopicAbout(
        "One side of an order has written to the other; the house removed it, or put it back.",
        NO_DATA,
    ),
    "payments": TopicAbout(
        "What a buyer owes or has paid: due, open, paid, refunded, failed or expired.", NO_DATA
    ),
    "notices": TopicAbout("A customer has news on the site: a notice, or a sale.", NO_DATA),
    "questions": TopicAbout("A question on an item was asked, or answered.", NO_DATA),
    "statements": TopicAbout("Somebody is told of a moderator's decision, and why.", NO_DATA),
    "reminders": TopicAbout(
        "An item that somebody watches ends soon, or one that they look for was listed.", NO_DATA
    ),
}


def followed_topics(config: Config) -> dict[str, str]:
    """What it subscribes to, and what the URLs of each topic name."""
    return {**FOLLOWED, **({"payments": "payment"} if config.payments is not None else {})}


def topology(config: Config) -> Topology:
    """What it publishes, and that it hears of all that bids_service says, and of payments."""
    followed = WantedSubscription(
        topics=tuple(followed_topics(config)),
        callback=Urls(config.public_url).absolute("/events"),
        uuid=config.webhook_uuid,
        secret=config.webhook_secret[0],
    )
    return Topology(
        publishes=tuple(PUBLISHED), about=PUBLISHED, subscriptions={"default": followed}
    )
