"""What a pusher would store, without one."""

from dataclasses import replace
from typing import Any

from bus.model.delivery import Settlement
from bus.storage import Storage


def settle(storage: Storage, client: str, **outcome: Any) -> None:
    """Store an outcome for the client's subscription, by a pusher that is gone afterwards."""
    storage.leases.join("pusher-of-the-test")
    storage.leases.claim("pusher-of-the-test", 100)
    held = storage.leases.held("pusher-of-the-test")
    (one,) = (one for one in held if one.subscription.client == client)
    same = Settlement(one.subscription.id, one.fence, one.cursor, one.health, 0)
    storage.settlements.settle("pusher-of-the-test", [replace(same, **outcome)], 0)
    storage.leases.leave("pusher-of-the-test")
