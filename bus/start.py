"""Where a subscription begins, or is moved to."""

from dataclasses import dataclass
from enum import Enum


class StartAt(Enum):
    """The ways to say where."""

    NOW = "now"
    BEGINNING = "beginning"
    SNAPSHOT = "snapshot"
    POSITION = "position"
    TIME = "time_ms"


@dataclass(frozen=True, slots=True)
class Start:
    """`value` is the position after which, or the time (ms since the epoch) from which it goes."""

    at: StartAt
    value: int = 0


NOW = Start(StartAt.NOW)
