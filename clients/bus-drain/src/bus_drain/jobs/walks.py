"""Walks on a queue: the runs are in the state, huey only wakes the workers."""

import logging
import threading
from collections.abc import Callable, Iterable

from huey import Huey
from service_kit.clock import Clock, now_ms

from bus_drain.jobs import walk as rules
from bus_drain.jobs.walk import Walk
from bus_drain.jobs.walker import Walker
from bus_drain.state import Run, State

_log = logging.getLogger(__name__)

MAX_RUN_MS = 5 * 60_000


class Walks:
    """Starts walks, performs them on huey's workers, and finds those whose worker died.

    Build one in every process that starts walks or performs them, with the same names. After
    `max_run_ms` a run goes to the end of the queue, so that others get their turn.
    """

    def __init__(
        self,
        huey: Huey,
        state: State,
        walks: Iterable[Walk],
        *,
        max_run_ms: int = MAX_RUN_MS,
        lapses_after_ms: int = rules.LAPSES_AFTER_MS,
        clock: Clock = now_ms,
    ) -> None:
        self.huey = huey
        self._runs = state.runs
        self._walks = {walk.name: walk for walk in walks}
        self._stopping = threading.Event()
        self._max_run_ms = max_run_ms
        self._lapses_after_ms = lapses_after_ms
        self._clock = clock
        self._woken: dict[str, tuple[int, int]] = {}
        self._job = huey.task(name="bus_drain_walk")(self._perform)

    def start(self, name: str, argument: str = "") -> Run:
        """Start a walk, or go on with the one of this name and argument that isn't finished.

        Raises KeyError for a walk that nobody has defined. Safe to repeat.
        """
        run = self._begin(name, argument)
        self._wake(run)
        return run

    def runs(self) -> list[Run]:
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
            if run.walk in self._walks and rules.may_be_claimed(run, now, self._lapses_after_ms)
        )

    def stop(self) -> None:
        """Have every run in this process stop after the step it is in."""
        self._stopping.set()

    def perform_here(self, name: str, argument: str, on_progress: Callable[[Run], None]) -> Run:
        """Walk in this thread until it is over or `stop` is called; blocks. Returns the run.

        While another process walks it, its progress is shown.
        """
        run = self._begin(name, argument)
        walker = self._walker(max_run_ms=None)
        while not (rules.is_over(run) or self._stopping.is_set()):
            run = walker.perform(run.id, on_progress) or self._runs.get(run.id) or run
            on_progress(run)
            if not rules.is_over(run):
                self._stopping.wait(1)
        return run

    def _begin(self, name: str, argument: str) -> Run:
        walk = self._walks[name]
        new = Run(
            id=f"{walk.name} {argument}".strip(),
            walk=name,
            argument=argument,
            status=rules.WAITING,
        )
        self._runs.add(new)
        run = self._runs.get(new.id) or new
        if rules.is_over(run):
            self._runs.swap(run, rules.taken_up(run))
        return self._runs.get(new.id) or new

    def _walker(self, max_run_ms: int | None) -> Walker:
        return Walker(
            self._runs,
            self._walks,
            stopping=self._stopping.is_set,
            max_run_ms=max_run_ms,
            lapses_after_ms=self._lapses_after_ms,
            clock=self._clock,
        )

    def _perform(self, run_id: str) -> None:
        run = self._walker(self._max_run_ms).perform(run_id)
        out_of_time = run is not None and run.status == rules.WAITING and not run.failures
        if out_of_time and not self._stopping.is_set():
            self._job(run_id)

    def _wake(self, run: Run) -> bool:
        """Queue a job for it, but not twice for the same version within the time it may wait."""
        now = self._clock()
        version, woken_ms = self._woken.get(run.id, (-1, 0))
        if version == run.version and now - woken_ms < self._lapses_after_ms:
            return False
        self._job(run.id)
        self._woken[run.id] = (run.version, now)
        return True
