"""A test event, and what came of it."""

import time

from bus_client.entities import Attempt, Subscription
from bus_client.subscriptions import Subscriptions

LONGEST_S = 30.0
"""An attempt ends within 20 s (docs/delivery.md D15); a lease may have to lapse before it."""
_LOOK_EVERY_S = 0.1


def outcome_of_test(
    own: Subscriptions, subscription: Subscription, longest_s: float = LONGEST_S
) -> Attempt | None:
    """Have a test event sent, and return its attempt; None when none was made in time. Blocks."""
    known = _newest_test(own, subscription)
    own.test(subscription)
    ends_s = time.monotonic() + longest_s
    while time.monotonic() < ends_s:
        newest = _newest_test(own, subscription)
        if newest is not None and (known is None or newest.id > known.id):
            return newest
        time.sleep(_LOOK_EVERY_S)
    return None


def _newest_test(own: Subscriptions, subscription: Subscription) -> Attempt | None:
    """A test event is in no log, so it has no position (D24)."""
    return next((one for one in own.attempts(subscription) if one.last_position == 0), None)
