"""Keep what is costly to a few at once, so that it takes neither all memory nor all threads."""

import threading
from contextlib import ContextDecorator

from service_kit.errors import Busy

RETRY_AFTER_S = 2


class Bulkhead(ContextDecorator):
    """Lets `at_once` in; `waiting` more wait for at most `wait_s`, and whoever comes beyond, or has
    waited that long, is told to come again: raises Busy.

    For a `with`, or around a function. Each process has its own.
    """

    def __init__(self, *, at_once: int, waiting: int, wait_s: float = 10.0) -> None:
        self._inside = threading.BoundedSemaphore(at_once)
        self._known = threading.BoundedSemaphore(at_once + waiting)
        self._wait_s = wait_s

    def __enter__(self) -> "Bulkhead":
        if not self._known.acquire(blocking=False):
            raise Busy(RETRY_AFTER_S)
        if not self._inside.acquire(timeout=self._wait_s):
            self._known.release()
            raise Busy(RETRY_AFTER_S)
        return self

    def __exit__(self, *_exc: object) -> None:
        self._inside.release()
        self._known.release()
