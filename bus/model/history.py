"""The history of the bus: points over an hour, a day or a week."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

_MINUTE_MS = 60_000


class Span(StrEnum):
    """How far back.

    | span | a point every | points |
    |------|---------------|--------|
    | hour | minute        | 60     |
    | day  | 15 min        | 96     |
    | week | 2 h           | 84     |
    """

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"

    @property
    def step_ms(self) -> int:
        """How long the time of one point is."""
        return {Span.HOUR: 1, Span.DAY: 15, Span.WEEK: 120}[self] * _MINUTE_MS

    @property
    def points(self) -> int:
        """How many points there are."""
        return {Span.HOUR: 60, Span.DAY: 96, Span.WEEK: 84}[self]

    def begin_ms(self, now_ms: int) -> int:
        """When the time of its newest point began."""
        return now_ms // self.step_ms * self.step_ms


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """What happened from `at_ms` on: events published, events delivered, attempts that failed, and
    the age of the oldest event that waited, in ms, at its worst."""

    at_ms: int
    published: int
    delivered: int
    failed: int
    lag: int


@dataclass(slots=True)
class DeliveryCounts:
    """Of one subscription: events delivered, attempts that failed."""

    delivered: int = 0
    failed: int = 0

    def add(self, *, delivered: int = 0, failed: int = 0) -> None:
        """Count so many more."""
        self.delivered += delivered
        self.failed += failed


def increases(upto: Mapping[int, int], before: int | None) -> dict[int, int]:
    """How much a count grew in each time, from what it was at the end of each.

    `before` is what it was before the first; None: nobody knows.

    | upto           | before | increases       |
    |----------------|--------|-----------------|
    | 0: 5, 60: 9    | 3      | 0: 2, 60: 4     |
    | 0: 5, 60: 9    | None   | 0: 0, 60: 4     |
    """
    found: dict[int, int] = {}
    for at_ms, count in sorted(upto.items()):
        found[at_ms] = 0 if before is None else max(0, count - before)
        before = count
    return found


def added(each: Iterable[Sequence[HistoryPoint]]) -> list[HistoryPoint]:
    """The points of all logs together, from those of each, which are of the same times."""
    return [
        HistoryPoint(
            points[0].at_ms,
            sum(one.published for one in points),
            sum(one.delivered for one in points),
            sum(one.failed for one in points),
            max(one.lag for one in points),
        )
        for points in zip(*each, strict=True)
    ]
