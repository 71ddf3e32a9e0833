"""Fragments of pages that are made once for all who look at them."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

_GOOD_FOR_S = 1.0
_MOST = 200


class Fragments:
    """Texts by key, each made at most once a second; who comes meanwhile gets the same."""

    def __init__(self, steady_s: Callable[[], float] = time.monotonic) -> None:
        self._steady_s = steady_s
        self._lock = threading.Lock()
        self._made: OrderedDict[Hashable, tuple[float, str]] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], str]) -> str:
        """The text of a key. One is made at a time: looking shall not keep the process busy."""
        with self._lock:
            made_s, text = self._made.get(key, (float("-inf"), ""))
            if self._steady_s() - made_s >= _GOOD_FOR_S:
                text = make()
                self._made[key] = (self._steady_s(), text)
                self._made.move_to_end(key)
                if len(self._made) > _MOST:
                    self._made.popitem(last=False)
            return text
