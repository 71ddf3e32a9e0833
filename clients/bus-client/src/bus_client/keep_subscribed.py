"""Keeping a service subscribed, whatever befalls the bus's registry."""

import logging
from collections.abc import Callable

from service_kit.backoff import backoff_s

from bus_client.client import BusClient
from bus_client.errors import BusError
from bus_client.topology import Topology, declare

log = logging.getLogger(__name__)

_AGAIN_AFTER_S = 3600.0


def keep_subscribed(client: BusClient, topology: Topology) -> Callable[[], float]:
    """A loop body for a worker: declares the topology, and returns the seconds until its next call.

    Until the bus has taken it, it retries with back-off (at most every 10 s); after that it says
    the same again every hour, which heals a registry that was restored from a backup. What was
    published before the first call is lost to a subscriber that nobody declared earlier.
    """
    failures = 0

    def subscribe_once() -> float:
        nonlocal failures
        try:
            declare(client, topology)
        except BusError as error:
            failures += 1
            log.warning("the bus has not taken all of the topology yet: %s", error)
            return backoff_s(failures, first_s=0.2, longest_s=10)
        failures = 0
        return _AGAIN_AFTER_S

    return subscribe_once
