"""Topics that the bus does not take now, each left alone for longer and longer."""

import time
from collections.abc import Callable, Collection

from service_kit.backoff import backoff_s

LONGEST_S = 30.0


class Holds:
    """How often each topic was refused, and until when it rests. `steady_s` counts seconds."""

    def __init__(self, steady_s: Callable[[], float] = time.monotonic) -> None:
        self._steady_s = steady_s
        self._failures: dict[str, int] = {}
        self._rests_until_s: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._failures)

    def resting(self) -> list[str]:
        """The topics to leave alone now."""
        now_s = self._steady_s()
        return [topic for topic, until_s in self._rests_until_s.items() if now_s < until_s]

    def hold(self, topic: str) -> float:
        """Leave a topic alone; returns for how many seconds."""
        self._failures[topic] = self._failures.get(topic, 0) + 1
        pause_s = backoff_s(self._failures[topic], longest_s=LONGEST_S)
        self._rests_until_s[topic] = self._steady_s() + pause_s
        return pause_s

    def free(self, topic: str) -> bool:
        """The bus takes it again; whether it was held."""
        self._rests_until_s.pop(topic, None)
        return self._failures.pop(topic, None) is not None

    def agree_with(self, stored: Collection[str]) -> None:
        """Hold what is stored: what isn't any more shall be tried at once, and so shall what a
        relay before this one held."""
        for topic in self._failures.keys() - set(stored):
            self.free(topic)
        for topic in stored:
            self._failures.setdefault(topic, 0)
