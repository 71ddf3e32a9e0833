"""What the bus does not take now, topics or single events, each left alone longer and longer."""

import time
from collections.abc import Callable, Collection, Hashable
from typing import Generic, TypeVar

from service_kit.backoff import backoff_s

LONGEST_S = 30.0

K = TypeVar("K", bound=Hashable)


class Holds(Generic[K]):
    """How often each was refused, and until when it rests. `steady_s` counts seconds."""

    def __init__(self, steady_s: Callable[[], float] = time.monotonic) -> None:
        self._steady_s = steady_s
        self._failures: dict[K, int] = {}
        self._rests_until_s: dict[K, float] = {}

    def __len__(self) -> int:
        return len(self._failures)

    def resting(self) -> list[K]:
        """What to leave alone now."""
        now_s = self._steady_s()
        return [held for held, until_s in self._rests_until_s.items() if now_s < until_s]

    def hold(self, it: K) -> float:
        """Leave it alone; returns for how many seconds."""
        self._failures[it] = self._failures.get(it, 0) + 1
        pause_s = backoff_s(self._failures[it], longest_s=LONGEST_S)
        self._rests_until_s[it] = self._steady_s() + pause_s
        return pause_s

    def free(self, it: K) -> bool:
        """The bus takes it again; whether it was held."""
        self._rests_until_s.pop(it, None)
        return self._failures.pop(it, None) is not None

    def agree_with(self, stored: Collection[K]) -> None:
        """Hold what is stored: what isn't any more shall be tried at once, and so shall what a
        relay before this one held."""
        for it in self._failures.keys() - set(stored):
            self.free(it)
        for it in stored:
            self._failures.setdefault(it, 0)
