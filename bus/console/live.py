"""Fragments of pages that are made once for all who look at them, and seldom enough."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

_GOOD_FOR_S = 1.0
# Pages are made where events are published: what changes by itself takes a fiftieth at most.
_REST_SHARE = 49
_MOST = 200


class Fragments:
    """Texts by key, each made at most once a second; who comes meanwhile gets the same.

    One is made at a time, and after it nothing is made again for 49 times as long as that took of
    the processor: the more is looked at, the older it may be.
    """

    def __init__(
        self,
        steady_s: Callable[[], float] = time.monotonic,
        processor_s: Callable[[], float] = time.thread_time,
    ) -> None:
        self._steady_s = steady_s
        self._processor_s = processor_s
        self._lock = threading.Lock()
        self._made: OrderedDict[Hashable, tuple[float, str]] = OrderedDict()
        self._rests_until_s = float("-inf")

    def get(self, key: Hashable, make: Callable[[], str]) -> str:
        """The text of a key."""
        with self._lock:
            if key not in self._made or self._is_time_for(key):
                self._make(key, make)
            return self._made[key][1]

    def _is_time_for(self, key: Hashable) -> bool:
        now_s, (made_s, _) = self._steady_s(), self._made[key]
        return now_s - made_s >= _GOOD_FOR_S and now_s >= self._rests_until_s

    def _make(self, key: Hashable, make: Callable[[], str]) -> None:
        began_s = self._processor_s()
        text = make()
        took_s, now_s = self._processor_s() - began_s, self._steady_s()
        self._rests_until_s = now_s + took_s * _REST_SHARE
        self._made[key] = now_s, text
        self._made.move_to_end(key)
        if len(self._made) > _MOST:
            self._made.popitem(last=False)
