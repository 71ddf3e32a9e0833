"""Keep this host subscribed, and have the subscriptions of hosts that are gone end."""

from collections.abc import Callable

from bids_client import BidsError
from bus_client import BusClient, BusError, Subscription, Topology, declare
from service_kit.backoff import backoff_s
from service_kit.logs import get_logger

log = get_logger(__name__)

GONE_AFTER_FAILURES = 15
"""In a row, which takes half an hour to an hour (docs/delivery.md D17)."""
_AGAIN_AFTER_S = 60.0
_LONGEST_PAUSE_S = 10.0


class HostSubscription:
    """A loop body: says what this host follows, and looks every minute whether the bus knows it.

    A subscription that was not there begins with the next event: what happened before is looked
    at, by `look_again`. Those of other hosts are deleted once nobody has been there for long; a
    host that was only cut off finds its own missing, and makes it again.
    """

    def __init__(self, bus: BusClient, topology: Topology, look_again: Callable[[], None]) -> None:
        ((self._name, self._wanted),) = topology.subscriptions.items()
        self._bus = bus
        self._topology = topology
        self._look_again = look_again
        self._is_declared = False
        self._may_have_missed = False
        self._failures = 0

    def __call__(self) -> float:
        """Seconds until it is to be called again."""
        try:
            self._subscribe()
            self._catch_up()
        except (BusError, BidsError) as error:
            self._failures += 1
            log.warning("not subscribed yet", error=str(error))
            return backoff_s(self._failures, first_s=0.2, longest_s=_LONGEST_PAUSE_S)
        self._failures = 0
        return _AGAIN_AFTER_S

    def _subscribe(self) -> None:
        before = self._bus.subscriptions.all()
        is_missing = self._name not in {one.name for one in before}
        self._may_have_missed |= is_missing
        if is_missing or not self._is_declared:
            # Not each time: it would be an act in the bus's audit, and undo an operator's.
            declare(self._bus, self._topology)
            self._is_declared = True
        for one in filter(self._is_left_over, before):
            self._bus.subscriptions.delete(one)
            log.info("subscription of a host that is gone deleted", name=one.name)

    def _catch_up(self) -> None:
        if self._may_have_missed:
            self._look_again()
            self._may_have_missed = False

    def _is_left_over(self, one: Subscription) -> bool:
        """Of a host that is gone, or ours by a name that it has no more; nothing else that
        somebody may have made with this client's token."""
        if one.name == self._name or set(one.topics) != set(self._wanted.topics):
            return False
        is_gone = one.state == "disabled" or one.failures >= GONE_AFTER_FAILURES
        return one.callback == self._wanted.callback or is_gone
