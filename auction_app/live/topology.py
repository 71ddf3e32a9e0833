"""What the live process is to the bus."""

import re
from urllib.parse import urlsplit

from bus_client import Topology, WantedSubscription

from auction_app.live.config import Config

_LONGEST_NAME = 64
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")


def topology(config: Config) -> Topology:
    """It publishes nothing, and hears of biddings, of who has news, and of what the house
    announces. Every host hears all of it, for browsers are connected to any: the subscription is
    named after where this one is."""
    followed = WantedSubscription(
        topics=("announcements", "biddings", "notices"),
        callback=f"{config.public_url}/events",
        uuid=config.webhook_uuid,
        secret=config.webhook_secret[0],
    )
    return Topology(subscriptions={subscription_name(config.public_url): followed})


def subscription_name(public_url: str) -> str:
    """As the bus takes names.

    | public URL                     | name                |
    |--------------------------------|---------------------|
    | `http://web1.internal:8004`    | `web1-internal-8004`|
    | `https://live.gavel.com`       | `live-gavel-com`    |
    | `http://[fd00::2]:8004/live`   | `fd00-2-8004-live`  |
    """
    where = urlsplit(public_url.lower())
    return _NOT_IN_A_NAME.sub("-", where.netloc + where.path).strip("-")[:_LONGEST_NAME]
