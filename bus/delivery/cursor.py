"""How far a subscription is: arithmetic over positions."""

from collections.abc import Iterable, Sequence

from bus.model.delivery import Cursor
from bus.model.event import RESYNC, LogEvent


def floor(firsts: Iterable[int], upto: int) -> int:
    """The position up to which all is settled, when `firsts` are not and all up to `upto` is read.

    | firsts | none | 5 | 5, 9 | 12 |
    |--------|------|---|------|----|
    | upto   | 8    | 8 | 8    | 8  |
    | floor  | 8    | 4 | 4    | 11 |
    """
    return min(firsts, default=upto + 1) - 1


def gaps(unsettled: Iterable[int], reached: int) -> tuple[int, ...]:
    """The positions up to the high watermark that are not settled, in order.

    | unsettled  | reached | gaps |
    |------------|---------|------|
    | 9, 3, 5, 3 | 7       | 3, 5 |
    """
    return tuple(sorted({position for position in unsettled if position <= reached}))


class Progress:
    """What a subscription has behind it since it was taken over, and how much of that is stored.

    `reached` is the high watermark: the last position that needs nothing any more. `delivered` is
    the last one that was acknowledged.
    """

    def __init__(self, stored: Cursor) -> None:
        self.stored = stored
        self.reached = stored.reached
        self.delivered = stored.delivered
        self.told_tail = False
        """Whether it was told of events that another life of the log lacks, and the store doesn't
        know yet."""
        self._owes_tail = False
        self._lost_from: int | None = None

    @property
    def has_lost(self) -> bool:
        """Whether events are gone and the subscriber has not been told yet."""
        return self._lost_from is not None

    def acknowledged(self, events: Sequence[LogEvent]) -> None:
        """These were taken by the subscriber."""
        self.delivered = max(self.delivered, events[-1].position)
        self.passed(events)

    def passed(self, events: Sequence[LogEvent]) -> None:
        """These need nothing any more."""
        if events:
            self.reached = max(self.reached, events[-1].position)
        if self._lost_from is not None and any(event.type == RESYNC for event in events):
            self._lost_from, self.told_tail = None, self._owes_tail

    def lost(self, first: int) -> None:
        """Events from there on are gone: the floor stays before them until a resync has passed."""
        self._lost_from = min(first, self._lost_from or first)

    def lost_tail(self) -> None:
        """Events that were sent are gone: the floor stays where it is until a resync has passed."""
        self._owes_tail = True
        self.lost(self.stored.position + 1)

    def floor(self, firsts: list[int], upto: int) -> int:
        """The cursor, when all up to `upto` is read and these are the first that wait."""
        some = firsts if self._lost_from is None else [*firsts, self._lost_from]
        return max(floor(some, upto), self.stored.position)  # where a resync may stand

    def cursor(self, position: int, unsettled: Iterable[int], snapshot_upto: int) -> Cursor:
        """What is to be stored when the floor is there."""
        left = gaps(unsettled, self.reached) if self.reached > position else ()
        return Cursor(position, self.delivered, max(self.reached, position), left, snapshot_upto)

    def has_stored(self, cursor: Cursor) -> None:
        """That is stored now."""
        self.stored = cursor
        if self.told_tail:
            self._owes_tail = self.told_tail = False
