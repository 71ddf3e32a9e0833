"""Notes now and then how much was published, and how far behind subscribers are: a loop apart from
delivering, which it does not keep waiting."""

from service_kit.clock import Clock

from bus.storage.history import History

_EVERY_S = 10.0


class Sampler:
    """Any number of processes may sample at once."""

    def __init__(self, history: History, now_ms: Clock) -> None:
        self._history = history
        self._now_ms = now_ms

    def run_once(self) -> float:
        """One round; returns the seconds until the next. A body for `run_loops`."""
        self._history.sample(self._now_ms())
        return _EVERY_S
