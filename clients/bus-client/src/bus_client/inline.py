"""`inline:`: who publishes delivers, in the same thread, before `publish` returns."""

import threading
from collections.abc import Sequence

from service_kit.jobs import Jobs

from bus_client.bus import Bus
from bus_client.errors import NothingToRun, Undelivered
from bus_client.event import Event
from bus_client.receivers import Delivery, Receivers

BUDGET_S = 1.0
"""The longest that a look goes on to another piece of work: a person waits for it."""


class InlineBus(Bus):
    """The contexts of one process, and nothing between them.

    What some of them did not take stays with whoever published it: `publish` raises Undelivered,
    and when the same event (its `id`) is published again, only they get it.
    """

    def __init__(
        self, receivers: Receivers, jobs: Jobs, *, name: str, budget_s: float = BUDGET_S
    ) -> None:
        super().__init__(jobs)
        self._receivers = receivers
        self._name = name
        self._budget_s = budget_s
        self._left: dict[str, Delivery] = {}

    def publish(self, topic: str, events: Sequence[Event]) -> None:
        """Have every receiver handle them; blocks on the listeners. Raises BusRefused before any
        has, Undelivered when some failed, NobodyReceives."""
        fresh = self._receivers.deliveries(topic, events)
        deliveries = [
            self._left.get(event.get("id", ""), delivery)
            for event, delivery in zip(events, fresh, strict=True)
        ]
        left = {delivery.id: delivery for delivery in self._receivers.hand_over(deliveries)}
        for event, delivery in zip(events, deliveries, strict=True):
            self._remember(event.get("id"), left.get(delivery.id))
        if left:
            raise Undelivered([i for i, each in enumerate(deliveries) if each.id in left])

    def look(self) -> None:
        """Do the work now, in this thread, for a second and the piece that is under way then."""
        self.jobs.settle(self._budget_s)

    def waiting(self) -> int:
        """None: who publishes keeps what is not taken."""
        return 0

    def run(self, stopping: threading.Event, *, workers: int = 2) -> None:  # noqa: ARG002
        """Raises NothingToRun."""
        raise NothingToRun("inline: needs no worker: whoever announces does the work")

    def close(self) -> None:
        """Receive nothing more."""
        super().close()
        self._receivers.remove(self._name)

    def _remember(self, id: str | None, left: Delivery | None) -> None:
        if id is None:
            return
        if left is None:
            self._left.pop(id, None)
        else:
            self._left[id] = left
