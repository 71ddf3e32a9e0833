"""Events that the bus itself tells one subscriber: they are in no log.

The entity that they are about is the subscription, and the URL that both sides know it by is its
callback. One that is pulled has none: its URL then names it, and leads nowhere.
"""

import json
import secrets

from bus.model.event import RESYNC, LogEvent, event_head, whole_event
from bus.model.subscription import Subscription
from bus.model.topic import SYSTEM_TOPIC

_RANDOM_BYTES = 4
_NOWHERE = "https://bus.invalid/clients/{}/subscriptions/{}"


def resync(
    subscription: Subscription,
    identity: str,
    lost_from: int,
    lost_to: int,
    now_ms: int,
    *,
    at: int | None = None,
) -> LogEvent:
    """Says that the events between two positions, both included, are gone.

    Its own position is `at`, or the last one lost, so it comes before everything that is left.
    """
    lost = {"from": lost_from, "to": lost_to}
    return _notice(subscription, identity, lost_to if at is None else at, RESYNC, lost, now_ms)


def test_event(subscription: Subscription, identity: str, now_ms: int) -> LogEvent:
    """Says nothing: somebody wants to see whether deliveries arrive (docs/delivery.md D24)."""
    return _notice(subscription, identity, 0, "noop", {"test": True}, now_ms)


def _notice(
    subscription: Subscription,
    identity: str,
    position: int,
    type: str,
    data: dict[str, int | bool],
    now_ms: int,
) -> LogEvent:
    url = subscription.callback or _NOWHERE.format(subscription.client, subscription.name)
    text = json.dumps(data, separators=(",", ":"))
    event_id = f"{identity}-{position}-{secrets.token_hex(_RANDOM_BYTES)}"  # of no event in the log
    body = whole_event(event_head(SYSTEM_TOPIC, type, url, now_ms, text), event_id, position)
    return LogEvent(position, SYSTEM_TOPIC, type, url, now_ms, body)
