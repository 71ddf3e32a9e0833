"""Who asks the same at the same time shares one call, but never one from before they asked."""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from typing import Generic, TypeVar

T = TypeVar("T")


class TookTooLong(Exception):
    """The call of somebody else has not ended in time."""


class SingleFlight(Generic[T]):
    """One call a key at a time.

    Who comes while a call is under way can't take its answer: it may show the entity as it was
    before the event that made them ask. They wait, and share the next call.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[Hashable, Future[T]] = {}
        self._next: dict[Hashable, Future[T]] = {}

    def do(self, key: Hashable, call: Callable[[], T], left_s: Callable[[], float]) -> T:
        """The result, or what was raised, of a call that began after this was called.

        Waits for others as long as `left_s()` says. Raises TookTooLong.
        """
        flight, before, leads = self._board(key)
        if not leads:
            wait([flight], timeout=max(0.0, left_s()))
            if not flight.done():
                raise TookTooLong
            return flight.result()
        try:
            if before is not None and not wait([before], timeout=max(0.0, left_s())).done:
                raise TookTooLong
            result = call()
        except BaseException as error:
            self._land(key, flight)
            flight.set_exception(error)
            raise
        self._land(key, flight)
        flight.set_result(result)
        return result

    def _board(self, key: Hashable) -> tuple[Future[T], Future[T] | None, bool]:
        with self._lock:
            running = self._running.get(key)
            if running is None:
                flight = self._running[key] = Future()
                return flight, None, True
            if key in self._next:
                return self._next[key], None, False
            flight = self._next[key] = Future()
            return flight, running, True

    def _land(self, key: Hashable, flight: Future[T]) -> None:
        with self._lock:
            if self._running.get(key) is not flight:  # gave up before its turn
                self._next.pop(key, None)
            elif key in self._next:
                self._running[key] = self._next.pop(key)
            else:
                del self._running[key]
