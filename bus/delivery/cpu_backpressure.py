"""Letting publishers go first: a pusher that is behind rests while others want its processor."""

from collections.abc import Callable

_TIMES = 80
_LONGEST_NS = 20_000_000


def rest_ns(waited_ns: int) -> int:
    """How long to rest after a round in which so much time went by waiting for a processor.

    | waited | 0 | 50 us | 200 us | 250 us and more |
    |--------|---|-------|--------|-----------------|
    | rest   | 0 | 4 ms  | 16 ms  | 20 ms           |
    """
    return min(_TIMES * waited_ns, _LONGEST_NS)


def waited_ns() -> int:
    """How long this thread has stood in the queue for a processor in its whole life.

    Linux counts it; elsewhere 0, so that nobody ever rests.
    """
    try:
        with open("/proc/thread-self/schedstat", "rb") as file:
            return int(file.read().split()[1])
    except OSError:
        return 0


class CpuBackpressure:
    """Says how long to rest between rounds. For one thread.

    Whatever a backlog may use of the processors it takes, for as long as it lasts: with a hundred
    subscriptions that would be a third of what publishers publish. Their callers wait, a backlog
    doesn't mind. Where there are processors enough nobody waits for one, and nobody rests.
    """

    def __init__(self, waited_ns: Callable[[], int] = waited_ns) -> None:
        self._waited_ns = waited_ns
        self._before_ns: int | None = None

    def rest_s(self, *, wanted: bool) -> float:
        """How long to rest now. `wanted`: there is a backlog, and somebody is publishing."""
        if not wanted:
            self._before_ns = None
            return 0
        now_ns = self._waited_ns()
        before_ns, self._before_ns = self._before_ns, now_ns
        return 0 if before_ns is None else rest_ns(now_ns - before_ns) / 1e9
