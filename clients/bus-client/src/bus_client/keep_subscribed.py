"""Keeping a service subscribed: in whatever order the bus and the service start."""

import logging
from collections.abc import Callable, Sequence

from service_kit.backoff import backoff_s

from bus_client.client import BusClient
from bus_client.errors import BusError

log = logging.getLogger(__name__)

_AGAIN_AFTER_S = 3600.0


def keep_subscribed(
    client: BusClient, *, topics: Sequence[str], callback: str, uuid: str, secret: str
) -> Callable[[], float]:
    """A loop body for a worker: subscribes, and returns the seconds until its next call.

    Until the bus has taken the subscription it retries with back-off (at most every 10 s); after
    that it says the same again every hour, which heals a registry that was restored from a backup.
    """
    failures = 0

    def subscribe_once() -> float:
        nonlocal failures
        try:
            client.subscriptions.put(
                "default", topics=topics, callback=callback, uuid=uuid, secret=secret
            )
        except BusError as error:
            failures += 1
            log.warning("not subscribed yet: %s", error)
            return backoff_s(failures, first_s=0.2, longest_s=10)
        failures = 0
        return _AGAIN_AFTER_S

    return subscribe_once
