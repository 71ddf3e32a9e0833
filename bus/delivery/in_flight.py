"""Deliveries that have no answer yet: the events of each, and why they were sent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum

from bus.model.event import RESYNC, LogEvent

_NOBODY: frozenset[str] = frozenset()


class Kind(Enum):
    """Why a delivery is made."""

    BATCH = "batch"
    PARKED = "parked"
    TEST = "test"
    RESEND = "resend"


ASKED = frozenset({Kind.TEST, Kind.RESEND})
"""What is sent because somebody asked for it, and not because it was due."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Delivery:
    """What one request carries; each is itself only, however alike another is.

    `previous` is the last position that was delivered before; `attempt` counts from 1.
    """

    kind: Kind
    events: Sequence[LogEvent]
    previous: int
    attempt: int = 1


class InFlight(dict[Delivery, None]):
    """The deliveries of one subscription that are on their way, the oldest first."""

    def urls(self) -> Collection[str]:
        """The URLs of all."""
        if not self:
            return _NOBODY
        return frozenset(event.url for delivery in self for event in delivery.events)

    def batch_positions(self) -> frozenset[int]:
        """Where the events of all batches stand in the log."""
        return frozenset(
            event.position
            for delivery in self
            if delivery.kind is Kind.BATCH
            for event in delivery.events
        )

    def tells_of_loss(self, upto: int) -> bool:
        """Whether one says that all up to a position is gone (docs/delivery.md D23)."""
        return any(
            event.type == RESYNC and event.position >= upto
            for delivery in self
            for event in delivery.events
        )

    def only_batch(self) -> Delivery | None:
        """The batch that is alone in flight."""
        only = next(iter(self)) if len(self) == 1 else None
        return only if only is not None and only.kind is Kind.BATCH else None
