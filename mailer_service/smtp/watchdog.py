"""A deadline for a whole exchange: smtplib's time-out is per read, so a server that sends a byte
now and then would hold us for ever."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

_AGAIN_S = 0.05


class Watchdog:
    """Calls `cut` when what is done inside `limit` takes too long; again and again, until it is
    noticed. One thread for all exchanges of a session; `stop` ends it."""

    def __init__(self, cut: Callable[[], None]) -> None:
        self._cut = cut
        self._changed = threading.Condition()
        self._ends_at: float | None = None
        self._wakes_at: float | None = None
        self._stopped = False
        self._thread = threading.Thread(target=self._watch, name="smtp deadline", daemon=True)
        self._thread.start()

    @contextlib.contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Cut what is done inside once `seconds` have passed."""
        self._set(time.monotonic() + seconds)
        try:
            yield
        finally:
            self._set(None)

    def stop(self) -> None:
        """End the thread."""
        with self._changed:
            self._stopped = True
            self._changed.notify()
        self._thread.join()

    def _set(self, ends_at: float | None) -> None:
        with self._changed:
            self._ends_at = ends_at
            # Asleep until an earlier deadline it finds the new one then: waking a thread for
            # each mail would cost more than the mail's commands.
            if ends_at is not None and (self._wakes_at is None or ends_at < self._wakes_at):
                self._changed.notify()

    def _watch(self) -> None:
        with self._changed:
            while not self._stopped:
                self._changed.wait(self._seconds_to_wait())

    def _seconds_to_wait(self) -> float | None:
        now = time.monotonic()
        if self._ends_at is None:
            self._wakes_at = None
            return None
        if self._ends_at <= now:
            self._cut()
            self._wakes_at = now + _AGAIN_S
        else:
            self._wakes_at = self._ends_at
        return self._wakes_at - now
