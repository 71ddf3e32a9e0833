"""Work that waits in tables: done by whoever is told to look, however that is told."""

import logging
import math
import threading
import time
from collections.abc import Callable
from itertools import count

from service_kit.backoff import backoff_s
from service_kit.errors import StoreUnavailable

log = logging.getLogger(__name__)

Work = Callable[[], object]
"""Does one piece of work; what it returns is true when there was one. Safe to kill and repeat."""

IsOver = Callable[[], bool]
"""Whether no other piece is to be begun."""


class Job:
    """Does one kind of work piece by piece, for one thread at a time; never raises.

    After an error it rests, longer and longer, up to `longest_s`; nothing is written for what
    waits meanwhile. Those of the kind `away` say that somebody whom it needs doesn't answer: they
    are no news of ours, so no traceback. `clock` counts seconds.
    """

    def __init__(
        self,
        name: str,
        work: Work,
        *,
        away: type[Exception] | tuple[type[Exception], ...] = (),
        longest_s: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._work = work
        self._away = away
        self._longest_s = longest_s
        self._clock = clock
        self._at_it = threading.Lock()
        self._left = False
        self._failures = 0
        self._rests_until = -math.inf

    def piece(self) -> bool:
        """Do one piece; whether there was one. For a loop that has the job alone."""
        asked = count()
        return self.look(lambda: next(asked) > 0)  # asked before the first, and after it

    def rest_s(self) -> float:
        """The seconds for which it is not tried again."""
        return max(0.0, self._rests_until - self._clock()) if self._failures else 0.0

    def look(self, is_over: IsOver, *, wait_s: float = 0.0, again: bool = True) -> bool:
        """Do what there is, piece by piece until it `is_over`; whether there was anything.

        Who finds another thread at it waits for `wait_s`, and else leaves it to that one, which
        then looks once more. One that failed is tried again by those who come `again` only, once
        it has rested: a person doesn't wait for somebody who is away.
        """
        did = False
        while self._is_well(again) and not is_over() and self._take(wait_s):
            try:
                self._left = False
                if not self._is_well(again):  # it has failed while this thread waited
                    break
                did = self._pieces(is_over) or did
            finally:
                self._at_it.release()
            if not self._left:
                break
        return did

    def _is_well(self, again: bool) -> bool:
        return not self._failures or (again and not self.rest_s())

    def _take(self, wait_s: float) -> bool:
        if self._at_it.acquire(timeout=wait_s):
            return True
        self._left = True  # before the last try: whoever is at it sees this, or has let go
        return self._at_it.acquire(blocking=False)

    def _pieces(self, is_over: IsOver) -> bool:
        did = False
        try:
            while self._work():
                did, self._failures = True, 0
                if is_over():
                    return did
        except Exception as error:  # noqa: BLE001 - a job's outermost loop: the next goes on
            self._fail(error)
        else:
            self._failures = 0
        return did

    def _fail(self, error: Exception) -> None:
        self._failures += 1
        pause_s = backoff_s(self._failures, longest_s=self._longest_s)
        self._rests_until = self._clock() + pause_s
        if isinstance(error, StoreUnavailable):
            return  # logged where it was seen
        if isinstance(error, self._away):
            log.warning("job waits job=%s why=%s again_s=%.1f", self.name, error, pause_s)
        else:
            log.exception("job failed job=%s again_s=%.1f", self.name, pause_s)


class Jobs:
    """All the jobs of a process, for whoever is told to look."""

    def __init__(self, *jobs: Job) -> None:
        self._jobs = jobs
        self._here = threading.local()
        self._stopped = threading.Event()

    def add(self, *jobs: Job) -> None:
        """Look at these too."""
        self._jobs += jobs

    def remove(self, *jobs: Job) -> None:
        """Look at these no more."""
        self._jobs = tuple(job for job in self._jobs if job not in jobs)

    def settle(self, budget_s: float | None = None, *, again: bool = True) -> None:
        """Do what there is, and what comes of it, until there is nothing more; never raises.

        With a budget a person waits: it is over after so many seconds, and the piece that is under
        way then; what is left waits for the next who looks. A job that calls this comes back at
        once: the settling that it is part of goes on until nothing is left.
        """
        if getattr(self._here, "settling", False):
            return
        self._here.settling = True
        try:
            self._until_done(budget_s, again)
        finally:
            self._here.settling = False

    def stop(self) -> None:
        """End every settling after the piece under way, and begin none."""
        self._stopped.set()

    def _until_done(self, budget_s: float | None, again: bool) -> None:
        ends_at = math.inf if budget_s is None else time.monotonic() + budget_s

        def left_s() -> float:
            return 0.0 if budget_s is None else max(0.0, ends_at - time.monotonic())

        def is_over() -> bool:
            return self._stopped.is_set() or time.monotonic() >= ends_at

        jobs = self._jobs
        while any([job.look(is_over, wait_s=left_s(), again=again) for job in jobs]):
            if is_over():
                return
