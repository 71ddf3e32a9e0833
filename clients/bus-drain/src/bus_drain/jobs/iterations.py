"""Iterations on a queue: the runs are in the state, huey only wakes the workers."""

import logging
import threading
from collections.abc import Callable, Iterable

from huey import Huey
from huey.api import TaskWrapper
from service_kit.clock import Clock

from bus_drain.jobs import checkpoint
from bus_drain.jobs.iteration import Iteration
from bus_drain.jobs.runner import JobRunner
from bus_drain.state import JobRun, State

_log = logging.getLogger(__name__)

MAX_RUN_MS = 5 * 60_000


class Iterations:
    """Starts iterations, performs them on huey's workers, and finds those whose worker died.

    Build one in every process that starts iterations or performs them, with the same names. After
    `max_run_ms` a run goes to the end of the queue, so that others get their turn. Without `clock`
    the state's decides whose worker is dead.
    """

    def __init__(
        self,
        huey: Huey,
        state: State,
        iterations: Iterable[Iteration],
        *,
        max_run_ms: int = MAX_RUN_MS,
        lapses_after_ms: int = checkpoint.LAPSES_AFTER_MS,
        clock: Clock | None = None,
    ) -> None:
        self.huey = huey
        self._runs = state.runs
        self._iterations = {one.name: one for one in iterations}
        self._stopping = threading.Event()
        self._max_run_ms = max_run_ms
        self._lapses_after_ms = lapses_after_ms
        self._clock = clock or state.clock
        self._woken: dict[str, tuple[int, int]] = {}
        self._job = _queued_job(huey, self._perform)

    def start(self, name: str, argument: str = "") -> JobRun:
        """Start an iteration, or go on with the one of this name and argument that isn't finished.

        Raises KeyError for one that nobody has defined. Safe to repeat.
        """
        run = self._begin(name, argument)
        self._wake(run)
        return run

    def runs(self) -> list[JobRun]:
        """Every run there was."""
        return list(self._runs.all())

    def reap(self) -> int:
        """Wake a worker for every run that waits or whose worker died; returns for how many.

        Call it every few seconds in the jobs process (`work` does): a queue loses a running job
        when its process is killed.
        """
        now = self._clock()
        return sum(
            self._wake(run)
            for run in self._runs.all()
            if run.iteration in self._iterations
            and checkpoint.may_be_claimed(run, now, self._lapses_after_ms)
        )

    def stop(self) -> None:
        """Have every run in this process stop after the step it is in."""
        self._stopping.set()

    def perform_here(
        self, name: str, argument: str, on_progress: Callable[[JobRun], None]
    ) -> JobRun:
        """Iterate in this thread until it is over or `stop` is called; blocks. Returns the run.

        While another process does, its progress is shown.
        """
        run = self._begin(name, argument)
        runner = self._runner(max_run_ms=None)
        while not (checkpoint.is_over(run) or self._stopping.is_set()):
            run = runner.perform(run.id, on_progress) or self._runs.get(run.id) or run
            on_progress(run)
            if not checkpoint.is_over(run):
                self._stopping.wait(1)
        return run

    def _begin(self, name: str, argument: str) -> JobRun:
        new = JobRun(
            id=f"{self._iterations[name].name} {argument}".strip(),
            iteration=name,
            argument=argument,
            status=checkpoint.WAITING,
        )
        self._runs.add(new)
        run = self._runs.get(new.id) or new
        if checkpoint.is_over(run):
            self._runs.swap(run, checkpoint.restarted(run))
        return self._runs.get(new.id) or new

    def _runner(self, max_run_ms: int | None) -> JobRunner:
        return JobRunner(
            self._runs,
            self._iterations,
            stopping=self._stopping.is_set,
            max_run_ms=max_run_ms,
            lapses_after_ms=self._lapses_after_ms,
            clock=self._clock,
        )

    def _perform(self, run_id: str) -> None:
        run = self._runner(self._max_run_ms).perform(run_id)
        out_of_time = run is not None and run.status == checkpoint.WAITING and not run.failures
        if out_of_time and not self._stopping.is_set():
            self._job(run_id)

    def _wake(self, run: JobRun) -> bool:
        """Queue a job for it, but not twice for the same version within the time it may wait."""
        now = self._clock()
        version, woken_ms = self._woken.get(run.id, (-1, 0))
        if version == run.version and now - woken_ms < self._lapses_after_ms:
            return False
        self._job(run.id)
        self._woken[run.id] = (run.version, now)
        return True


def _queued_job(huey: Huey, perform: Callable[[str], None]) -> TaskWrapper:
    """Under the name that 0.1.0 gave it, so that a queue may outlive an upgrade: huey calls a job
    by its function's module and its name."""

    def job(run_id: str) -> None:
        perform(run_id)

    job.__module__ = "bus_drain.jobs.walks"
    return huey.task(name="bus_drain_walk")(job)
