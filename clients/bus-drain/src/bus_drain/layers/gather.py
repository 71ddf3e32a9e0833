"""Writes that come together share one write."""

import threading
from collections.abc import Callable, Collection


class Gather:
    """Hands what several threads want written to `write`, one call at a time.

    Who comes while a write is under way returns at once; whoever is writing then writes theirs
    too. So it is for what may be lost: a hundred threads that each wait for a lock of the database
    wait longer for each other than for the disk.
    """

    def __init__(self, write: Callable[[Collection[str]], None]) -> None:
        self._write = write
        self._busy = threading.Lock()
        self._lock = threading.Lock()
        self._pending: list[str] = []

    def __call__(self, items: Collection[str]) -> None:
        """Have these written. Raises what `write` raises, if it is this thread that writes."""
        with self._lock:
            self._pending.extend(items)
        # Asked again after each release: somebody may have come just before it.
        while self._pending and self._busy.acquire(blocking=False):
            try:
                with self._lock:
                    taken, self._pending = self._pending, []
                self._write(taken)
            finally:
                self._busy.release()
