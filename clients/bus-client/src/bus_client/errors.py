"""What can go wrong between a publisher or subscriber and the bus.

BusError
├── BadConnection       at start: no bus can be at this URL, or an extra is missing
├── NothingToRun        this bus leaves nothing to a process of its own
├── BusRefused          the bus understood and said no (4xx): trying again changes nothing
├── NotPossible         the bus has no link for that now, so nothing was sent
│   └── NoClientNamed   the root key has no subscriptions: it has to say whose are meant
└── BusUnavailable      no answer, or 429 or 5xx: the events may or may not be on the log; try again
    ├── NobodyReceives  `inline:` or `huey:` without a receiver in this process
    └── Undelivered     some receivers of this process have not taken some of the events
"""

from collections.abc import Collection, Mapping
from typing import Any

from service_kit.errors import HttpFailure, PartlyTaken, UnexpectedStatus


class BusError(HttpFailure):
    """Root of what this client raises."""


class BadConnection(BusError, ValueError):
    """No bus can be reached with these settings; the message never repeats a password."""


class NothingToRun(BusError):
    """This bus needs no process that works for it."""


class BusRefused(BusError, UnexpectedStatus):
    """The bus said no; `status` and the `problem` document say why, and which event is at fault
    in its `index`, where it is one of several."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(status, problem)

    def __str__(self) -> str:
        return f"{super().__str__()} {self.problem.get('detail', '')}".strip()


class NotPossible(BusError):
    """What was asked for can't be done in this state; read the subscription anew."""


class NoClientNamed(NotPossible):
    """The root key is no client's: it has to say whose subscriptions are meant."""


class BusUnavailable(BusError):
    """No usable answer. Publishing again is safe: receivers expect repeats."""


class NobodyReceives(BusUnavailable):
    """Nobody in this process takes events; they wait where they are."""


class Undelivered(BusUnavailable, PartlyTaken):
    """`left` are the places of the events that somebody has not taken."""

    def __init__(self, left: Collection[int]) -> None:
        super().__init__(f"{len(left)} events have not been taken by all who receive")
        self.left = frozenset(left)
