"""What a subscriber is to be told is gone: events that were trimmed unsent, or that were sent and
that the log lacks since another life of it began (docs/delivery.md D22, D23)."""

from collections.abc import Callable

from bus.delivery import system_events
from bus.delivery.backlog import Backlog
from bus.delivery.cursor import Progress
from bus.delivery.in_flight import InFlight
from bus.delivery.reporting import Reporting
from bus.model.delivery import LeasedSubscription, LostTail
from bus.model.subscription import Subscription


class Losses:
    """Tells them in the backlog of one subscription, whose cursor waits for that."""

    def __init__(
        self,
        leased: LeasedSubscription,
        backlog: Backlog,
        progress: Progress,
        in_flight: InFlight,
        reporting: Reporting,
        log_identity: Callable[[], str],
    ) -> None:
        self._backlog = backlog
        self._progress = progress
        self._in_flight = in_flight
        self._reporting = reporting
        self._log_identity = log_identity
        if leased.lost is not None:
            self._miss_tail(leased.subscription, leased.lost)

    def miss(self, subscription: Subscription, first: int, last: int, now_ms: int) -> None:
        """Events are gone: stay before them until a resync of that is settled."""
        if not self._in_flight.tells_of_loss(last):
            lost = self._log_identity(), first, last, now_ms
            self._backlog.tell(system_events.resync(subscription, *lost))
        self._progress.lost(first)
        self._reporting.lost(first, last)

    def _miss_tail(self, subscription: Subscription, lost: LostTail) -> None:
        """Events were sent that are gone since: tell so before whatever comes next.

        It stands at the cursor, for the positions that are lost are other events' now.
        """
        at = self._progress.stored.position
        said = self._log_identity(), lost.first, lost.last, lost.since_ms
        self._backlog.tell(system_events.resync(subscription, *said, at=at))
        self._progress.lost_tail()
        self._reporting.lost(lost.first, lost.last)
