"""The seam of the log: what every engine must do, in the words of the bus."""

import secrets
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from bus.errors import BusError
from bus.log.appended import Appended
from bus.model.event import LogEvent, LogPoint, Publication

_IDENTITY_BYTES = 4

EVENT_COLUMNS = ", ".join(LogEvent._fields)
"""An event's columns, wherever one is kept, in the order of `log_event_from`."""

KEPT_UPTO = (
    "SELECT coalesce((SELECT min(begins_after) FROM log_epochs"
    " WHERE id > (SELECT max(id) FROM log_epochs WHERE identity = ?)),"
    " (SELECT begins_after FROM log_epochs ORDER BY id DESC LIMIT 1), 0)"
)
"""Of a log's identity: see EventLog.kept_upto."""

READ_FENCE = "SELECT registry_version, (SELECT min(position) FROM events) FROM bus_state LIMIT 1"


@dataclass(frozen=True, slots=True)
class ReadFence:
    """The registry's version, and where the log begins, at the moment of the read or later."""

    registry_version: int
    first_position: int

    @classmethod
    def of(cls, registry_version: int, first_position: int | None) -> "ReadFence":
        """From a row of READ_FENCE."""
        return cls(registry_version, first_position or 0)


def new_identity() -> str:
    """What a log is told by in the ids of its events, as long as it goes on."""
    return secrets.token_hex(_IDENTITY_BYTES)


class Listener(Protocol):
    """Something a selector can wait on, that becomes readable when the log may have grown."""

    def fileno(self) -> int:
        """The descriptor to wait on. Taking it listens."""

    def take(self) -> Sequence[Appended] | None:
        """Take the notifications that wait, so that the descriptor isn't readable any more.

        Returns what they told of, in the order of the log; None: look what has changed."""

    def is_lost(self) -> bool:
        """Whether it listens where nobody notifies any more: close it, and listen anew."""

    def close(self) -> None:
        """Stop listening."""


class EventLog(Protocol):
    """An append-only log. Positions grow by one, in the order in which readers may see them.

    A reader never sees a position before every one below it (docs/delivery.md D2): whoever reads up
    to a position has missed nothing.
    """

    def append(self, publications: Sequence[Publication]) -> Sequence[BusError | None]:
        """Store publications, in order, in one durable step; each wholly or not at all.

        Returns for each None, or the TopicTaken or KeyReused it was refused with. The first
        publisher of a topic owns it from here on; a key that is known with the same fingerprint
        stores nothing again. On disk when it returns; any exception means nothing was stored or,
        if the connection broke, that nobody knows. Blocks.
        """

    def append_if_free(
        self, publications: Sequence[Publication]
    ) -> Sequence[BusError | None] | None:
        """The same where nobody is to be waited for but the disk; None: nothing was done, for
        another writes, or the store is over a network."""

    def read_after(
        self, position: int, topics: Collection[str] | None, limit: int
    ) -> list[LogEvent]:
        """The first `limit` events after `position` that are of `topics` (None: of any)."""

    def read_fenced(
        self, position: int, topics: Collection[str] | None, limit: int
    ) -> tuple[list[LogEvent], ReadFence]:
        """The same, and what to check it against: the fence is of the same moment, or later."""

    @property
    def identity(self) -> str:
        """Which log it is in the epoch (docs/delivery.md D22) that connections lead to: the new
        one, by the time anything is read of it; "" before any connection was opened."""

    def kept_upto(self, identity: str) -> int:
        """The last position that the log still has of an epoch that has ended. Of one that it knows
        nothing of, that is where the present one begins."""

    def first_position(self) -> int:
        """The position of the oldest event that is still there; 0 when there never was one.

        A cursor before the position below it has missed events that were trimmed.
        """

    def first_since(self, at_ms: int) -> int:
        """The position of the first event, in the order of the log, that was published then or
        later; the newest where none was.

        Clocks go back: what comes after it counts as younger, whatever it was stamped with.
        """

    def last_position(self) -> int:
        """The position of the newest event; 0 when there never was one."""

    def notify(self) -> None:
        """Wake the listeners: something changed that pushers should see."""

    @property
    def breaks(self) -> int:
        """How often a connection was found broken: the log behind the next one may be another, a
        copy from before or a standby that lacks the newest events."""

    def close(self) -> None:
        """Let go of connections."""

    def point_at(self, position: int) -> LogPoint | None:
        """The first place at or after a position; None when there is nothing."""

    def listener(self) -> Listener:
        """A new listener, woken after every append and every change of a subscription."""

    def watching(self) -> AbstractContextManager[Callable[[], bool]]:
        """Something to wait with until the log may have grown, or half a second went by, that
        takes no notification from a listener: any number may watch. False once it is closed."""

    def trim(self, before: int) -> int:
        """Forget the events before a position, but never the newest one. Returns how many."""

    def forget_keys(self, upto_ms: int) -> None:
        """Forget idempotency keys that were used up to then."""
