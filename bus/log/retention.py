"""Which events may be forgotten: the old ones, and those that a full log has no room for.

docs/delivery.md D23.
"""

from collections.abc import Callable, Iterator

from service_kit.clock import BELIEVED_AFTER_MS, Clock
from service_kit.logs import get_logger

from bus.log.append_plan import KEY_KEPT_MS
from bus.log.event_log import EventLog
from bus.model.event import LogPoint

log = get_logger(__name__)

DAY_MS = 24 * 60 * 60 * 1000

_EVERY_S = 60.0
AT_ONCE = 5_000


class Retention:
    """Trims the log, now and then. Any number of processes may do so at once."""

    def __init__(
        self,
        event_log: EventLog,
        *,
        keep_ms: int,
        keep_bytes: int | None,
        now_ms: Clock,
        steady_ms: Clock,
    ) -> None:
        self._log = event_log
        self._keep_ms = keep_ms
        self._keep_bytes = keep_bytes
        self._now_ms = now_ms
        self._steady_ms = steady_ms
        self._begun_ms = steady_ms()

    def run_once(self) -> float:
        """One round; returns the seconds until the next. A body for `run_loops`."""
        before = self._keep_from()
        trimmed = self._log.trim(before) if before > self._log.first_position() else 0
        if trimmed:
            log.info("trimmed", events=trimmed, before=before)
        if self._knows_the_time():
            self._log.forget_keys(self._now_ms() - KEY_KEPT_MS)
        return _EVERY_S

    def _keep_from(self) -> int:
        before, last = self._log.first_position(), self._log.last_position()
        if self._knows_the_time():
            before = self._log.first_since(self._now_ms() - self._keep_ms)
        newest = self._log.point_at(last)
        if self._keep_bytes is None or newest is None:
            return before
        forgettable = newest.bytes_upto - self._keep_bytes
        return first_where(lambda point: point.bytes_upto > forgettable, self._log, before, last)

    def _knows_the_time(self) -> bool:
        """What was there for a while and saw the clock go steadily may judge by it what is old."""
        return self._steady_ms() - self._begun_ms >= BELIEVED_AFTER_MS


def first_where(
    holds: Callable[[LogPoint], bool], event_log: EventLog, first: int, last: int
) -> int:
    """The first position in the log of which something holds that holds of all after it.

    Halves, so it asks the log some twenty times for a million events; `last` if it holds of none.
    """
    while first < last:
        middle = (first + last) // 2
        point = event_log.point_at(middle)
        if point is not None and holds(point):
            last = middle
        else:
            first = middle + 1
    return last


def steps(first: int, before: int) -> Iterator[int]:
    """The positions to trim up to, one transaction each, when the log starts at `first`.

    | first | before | steps               |
    |-------|--------|---------------------|
    | 1     | 4      | 4                   |
    | 1     | 12 000 | 5 001 10 001 12 000 |
    | 9     | 9      |                     |
    """
    while first < before:
        first = min(first + AT_ONCE, before)
        yield first
