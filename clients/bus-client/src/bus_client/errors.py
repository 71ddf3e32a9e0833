"""What can go wrong between a publisher or subscriber and the bus.

BusError
├── BusRefused      the bus understood and said no (4xx): trying again changes nothing
├── NotPossible     the bus has no link for that now, so nothing was sent
└── BusUnavailable  no answer, or 429 or 5xx: the events may or may not be on the log; try again
"""

from collections.abc import Mapping
from typing import Any

from service_kit.errors import HttpFailure


class BusError(HttpFailure):
    """Root of what this client raises."""


class BusRefused(BusError):
    """The bus said no; `status` and the `problem` document say why."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('title', '')} {problem.get('detail', '')}".strip())
        self.status = status
        self.problem = dict(problem)


class NotPossible(BusError):
    """What was asked for can't be done in this state; read the subscription anew."""


class BusUnavailable(BusError):
    """No usable answer. Publishing again is safe: receivers expect repeats."""
