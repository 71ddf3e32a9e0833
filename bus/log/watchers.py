"""Who watches a log from a thread of its own: it is not closed while one is looking."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_GRACE_S = 5.0


class Watchers:
    """SQLite ends a process in which a connection is closed that another thread is using."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._closed = threading.Event()
        self._changed = threading.Condition()
        self._watching = 0

    @contextmanager
    def watching(self) -> Iterator[Callable[[], bool]]:
        """Waiting by the clock: whether to look again. Once it is not, nothing may be used that was
        watched."""
        with self._changed:
            self._watching += 1
        try:
            yield lambda: not self._closed.wait(self._every_s)
        finally:
            with self._changed:
                self._watching -= 1
                self._changed.notify_all()

    def close(self) -> None:
        """Have all end, and wait until they have; 5 s at most."""
        self._closed.set()
        with self._changed:
            self._changed.wait_for(lambda: self._watching == 0, _GRACE_S)
