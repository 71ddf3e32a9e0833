"""Goes on with a run, step by step, each saved before the next."""

import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from uuid import uuid4

from service_kit.clock import Clock, now_ms

from bus_drain.jobs import checkpoint
from bus_drain.jobs.iteration import Iteration
from bus_drain.state import JobRun, JobRuns

_log = logging.getLogger(__name__)


class _Lost(Exception):
    """Somebody else has the run now."""


class JobRunner:
    """Performs runs of the iterations it knows.

    Stopped (`stopping()` turns true), out of time, or killed: whoever goes on begins where the
    last step was saved. So a step is repeated only when its process was killed in it.
    """

    def __init__(
        self,
        runs: JobRuns,
        iterations: Mapping[str, Iteration],
        *,
        stopping: Callable[[], bool],
        max_run_ms: int | None = None,
        lapses_after_ms: int = checkpoint.LAPSES_AFTER_MS,
        clock: Clock = now_ms,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._runs = runs
        self._iterations = iterations
        self._stopping = stopping
        self._max_run_ms = max_run_ms
        self._lapses_after_ms = lapses_after_ms
        self._clock = clock
        self._chance = chance

    def perform(
        self, run_id: str, on_progress: Callable[[JobRun], None] | None = None
    ) -> JobRun | None:
        """Go on with a run until it is over, stopped, out of time or has failed a step; blocks.

        Returns it as it is then; None when it may not be claimed, or was lost to another process.
        """
        run = self._claim(run_id)
        if run is None:
            return None
        try:
            return self._iterate(run, on_progress or _say_nothing)
        except _Lost:
            _log.warning("run lost to another process run=%s", run_id)
            return None

    def _claim(self, run_id: str) -> JobRun | None:
        run, now = self._runs.get(run_id), self._clock()
        # One of a newer or an older version's iterations is left to a process that knows it.
        if run is None or run.iteration not in self._iterations:
            return None
        if not checkpoint.may_be_claimed(run, now, self._lapses_after_ms):
            return None
        after = checkpoint.claimed(run, uuid4().hex, now)
        return replace(after, version=run.version + 1) if self._runs.swap(run, after) else None

    def _iterate(self, run: JobRun, on_progress: Callable[[JobRun], None]) -> JobRun:
        ends_ms = self._clock() + self._max_run_ms if self._max_run_ms is not None else None
        iteration = self._iterations[run.iteration]
        try:
            for step in iteration.steps(run.argument, run.cursor):
                if self._stopping():
                    return self._saved(run, checkpoint.released(run))
                if step.items:
                    iteration.each(step.items)
                run = self._saved(run, checkpoint.advanced(run, step, self._clock()))
                on_progress(run)
                if checkpoint.is_over(run):
                    return run
                if ends_ms is not None and self._clock() >= ends_ms:
                    return self._saved(run, checkpoint.released(run))
        except _Lost:
            raise
        except Exception as error:  # noqa: BLE001 - foreign code: whatever it raises means "again"
            _log.exception("step failed run=%s cursor=%s", run.id, run.cursor)
            why = type(error).__name__
            return self._saved(run, checkpoint.step_failed(run, why, self._clock(), self._chance))
        return self._saved(run, checkpoint.finished(run))

    def _saved(self, before: JobRun, after: JobRun) -> JobRun:
        if not self._runs.swap(before, after):
            raise _Lost
        return replace(after, version=before.version + 1)


def _say_nothing(_run: JobRun) -> None:
    return
