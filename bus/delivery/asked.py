"""Deliveries that somebody asked for: test events, and attempts that are made again.

docs/delivery.md D24 and D28.

They are sent in any state, take no place of a batch, and what is answered changes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bus.delivery import system_events
from bus.delivery.in_flight import Delivery, Kind
from bus.model import positions
from bus.model.delivery import LeasedSubscription, StateChange, WantedResend
from bus.model.event import LogEvent
from bus.model.subscription import Subscription


@dataclass(frozen=True, slots=True)
class Resend:
    """Read these events, and send them once."""

    id: int
    positions: Sequence[int]


class Asked:
    """What is wanted of one subscription, what of it is on its way, and what is done but not
    stored yet."""

    def __init__(self, leased: LeasedSubscription, log_identity: Callable[[], str]) -> None:
        self._log_identity = log_identity
        self._in_flight: dict[Delivery, int | None] = {}
        self._tested = False
        self._resent: list[int] = []
        self.is_done = False
        """Whether something of it is to be stored."""
        self.refresh(leased)

    def __len__(self) -> int:
        return len(self._in_flight)

    def refresh(self, leased: LeasedSubscription) -> None:
        """The store may hold more by now."""
        self._test_wanted = leased.test_wanted
        self._resends = {one.id: one for one in leased.resends if one.id not in self._resent}

    def next(
        self, subscription: Subscription, previous: int, now_ms: int
    ) -> Delivery | Resend | None:
        """A test event, which is in flight from here on, or the next attempt to make again: of
        each one at a time."""
        flying = self._in_flight.values()
        if self._test_wanted and None not in flying:
            told = system_events.test_event(subscription, self._log_identity(), now_ms)
            delivery = Delivery(Kind.TEST, [told], previous)
            self._in_flight[delivery] = None
            return delivery
        if not self._resends or any(one is not None for one in flying):
            return None
        wanted = next(iter(self._resends.values()))
        return Resend(wanted.id, positions.read(wanted.positions))

    def resend(self, id: int, events: Sequence[LogEvent], previous: int) -> Delivery | None:
        """Send these; None when they are gone, which ends it."""
        wanted: WantedResend = self._resends[id]
        if not events:
            self._done(id)
            return None
        delivery = Delivery(Kind.RESEND, events, previous, wanted.attempt)
        self._in_flight[delivery] = id
        return delivery

    def answered(self, delivery: Delivery) -> None:
        """It was sent, whatever came of it."""
        id = self._in_flight.pop(delivery)
        if id is None:
            self._tested, self._test_wanted, self.is_done = True, False, True
        else:
            self._done(id)

    def in_change(self, change: StateChange) -> StateChange:
        """A change with what is to be stored of this."""
        return replace(change, tested=self._tested, resent=list(self._resent))

    def stored(self) -> None:
        """The store knows it."""
        self._tested, self._resent, self.is_done = False, [], False

    def _done(self, id: int) -> None:
        self._resent.append(id)
        self.is_done = True
        self._resends.pop(id, None)
