"""Nouns of the bus with defaults, for tests that care about one field of them."""

from typing import Any

from service_kit.webhooks import new_secret

from bus.model.delivery import HEALTHY, Cursor, EndpointHealth, LeasedSubscription
from bus.model.event import LogEvent, NewEvent, Publication, event_head, whole_event
from bus.model.subscription import SigningSecrets, Subscription, SubscriptionRequest
from bus.model.topic_filter import TopicFilter
from tests.bus.clock import START_MS


def log_event(position: int, topic: str = "bids", **fields: Any) -> LogEvent:
    """An event as it is read from the log."""
    url = fields.pop("url", f"https://x.example/{position}")
    type = fields.pop("type", "create")
    body = whole_event(event_head(topic, type, url, START_MS, None), f"test-{position}", position)
    values: dict[str, Any] = {"published_at_ms": START_MS, "body": body} | fields
    return LogEvent(position, topic, type, url, **values)


def publication(
    client_id: int, *urls: str, topic: str = "bids", type: str = "create"
) -> Publication:
    """Events as they go into the log."""
    events = [NewEvent(type, url, event_head(topic, type, url, START_MS, None)) for url in urls]
    return Publication(topic, client_id, events)


def subscription(**fields: Any) -> Subscription:
    """A subscription to `bids`."""
    values: dict[str, Any] = {
        "id": 1,
        "client": "subscriber",
        "name": "default",
        "callback": "https://subscriber.example/events",
        "uuid": "u-1",
        "timeout_ms": None,
        "max_events": 100,
        "filters": (TopicFilter("bids"),),
        "secrets": SigningSecrets(new_secret()),
    }
    return Subscription(**values | fields)


def held(
    cursor: Cursor | None = None, health: EndpointHealth = HEALTHY, fence: int = 1, **fields: Any
) -> LeasedSubscription:
    """A subscription in the hands of a pusher."""
    return LeasedSubscription(subscription(**fields), cursor or Cursor(0, 0), health, fence)


def wanted(callback: str, *topics: str, **fields: Any) -> SubscriptionRequest:
    """What a subscriber asks for."""
    return SubscriptionRequest(topics or ("bids",), callback, fields.pop("uuid", "u-1"), **fields)
