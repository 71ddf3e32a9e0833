"""The one place that asks what time it is; everything else is handed the answer, in ms."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime

log = logging.getLogger(__name__)

Clock = Callable[[], int]
"""Returns integer milliseconds since the epoch."""

BELIEVED_AT_ONCE_MS = 5_000
BELIEVED_AFTER_MS = 10 * 60 * 1000
_FIRST_MS, _LAST_MS = -62_135_510_400_000, 253_402_214_400_000
_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def steady_ms() -> int:
    """Integer milliseconds since some moment, which nobody sets: for durations and deadlines
    within a process. Goes on while the machine sleeps."""
    return time.clock_gettime_ns(_STEADY) // 1_000_000


def utc(at_ms: int) -> datetime:
    """The aware moment of ms since the epoch; the first or last that has a year in every zone,
    where there is none."""
    return datetime.fromtimestamp(min(max(at_ms, _FIRST_MS), _LAST_MS) / 1000, UTC)


class TrustedClock:
    """A wall clock that is not believed at once when it jumps.

    | it is off from where the steady clock says it should be | answer             |
    |---------------------------------------------------------|--------------------|
    | by up to 5 s, as when it is corrected                   | what it says       |
    | by more                                                 | as if it were not  |
    | by the same for 10 min                                  | what it says again |

    A clock that was wrong for a moment would end auctions, sessions and leases that can't be
    begun again. One that was set right waits a little to be believed.
    """

    def __init__(self, wall_ms: Clock, steady_ms: Clock) -> None:
        self._wall_ms = wall_ms
        self._steady_ms = steady_ms
        self._ahead_ms = wall_ms() - steady_ms()  # of the steady clock
        self._doubted: tuple[int, int] | None = None  # so far ahead, since when

    def __call__(self) -> int:
        steady_ms = self._steady_ms()
        ahead_ms = self._wall_ms() - steady_ms
        if ahead_ms != self._ahead_ms:
            self._consider(ahead_ms, steady_ms)
        return steady_ms + self._ahead_ms

    def _consider(self, ahead_ms: int, steady_ms: int) -> None:
        doubted = self._doubted
        if abs(ahead_ms - self._ahead_ms) <= BELIEVED_AT_ONCE_MS:
            self._ahead_ms, self._doubted = ahead_ms, None
        elif doubted is None or abs(ahead_ms - doubted[0]) > BELIEVED_AT_ONCE_MS:
            self._doubted = ahead_ms, steady_ms
            log.warning("the clock jumped by_ms=%s", ahead_ms - self._ahead_ms)
        elif steady_ms - doubted[1] >= BELIEVED_AFTER_MS:
            log.warning("the clock is believed by_ms=%s", ahead_ms - self._ahead_ms)
            self._ahead_ms, self._doubted = ahead_ms, None


class ContinuousClock:
    """A wall clock without its jumps: what was added to it, or taken away, at once is left out.

    For who waits until an instant: nothing takes longer, or is over sooner, because somebody set
    the clock. `jumped_ms` is how far the wall clock is ahead.
    """

    def __init__(self, wall_ms: Clock, steady_ms: Clock) -> None:
        self.jumped_ms = 0
        self._wall_ms = wall_ms
        self._steady_ms = steady_ms
        self._last = wall_ms(), steady_ms()

    def now_ms(self) -> int:
        """The time here."""
        before_ms, steady_before_ms = self._last
        wall_ms, steady_ms = self._last = self._wall_ms(), self._steady_ms()
        jump_ms = (wall_ms - before_ms) - (steady_ms - steady_before_ms)
        if abs(jump_ms) > BELIEVED_AT_ONCE_MS:
            self.jumped_ms += jump_ms
        return wall_ms - self.jumped_ms

    def stored_ms(self, at_ms: int) -> int:
        """An instant of here, by the wall clock."""
        return at_ms + self.jumped_ms


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


_trusted = TrustedClock(_wall_ms, steady_ms)


def now_ms() -> int:
    """Integer milliseconds since the epoch, by this machine's clock where that can be trusted."""
    return _trusted()
