"""What is saved of a run between its steps, and what may become of it."""

from collections.abc import Callable
from dataclasses import replace

from service_kit.backoff import backoff_s

from bus_drain.jobs.iteration import Step
from bus_drain.state import JobRun

WAITING, RUNNING, FINISHED, FAILED = "waiting", "running", "finished", "failed"
LAPSES_AFTER_MS = 60_000
GIVES_UP_AFTER = 10


def is_over(run: JobRun) -> bool:
    """Whether nothing more will happen to it by itself."""
    return run.status in {FINISHED, FAILED}


def may_be_claimed(run: JobRun, now_ms: int, lapses_after_ms: int = LAPSES_AFTER_MS) -> bool:
    """Whether somebody may go on with it now.

    | status            | may be claimed                          |
    |-------------------|-----------------------------------------|
    | waiting           | once `not_before_ms` has come           |
    | running           | after 60 s without a heartbeat          |
    | finished, failed  | never                                   |
    """
    if run.status == WAITING:
        return now_ms >= run.not_before_ms
    return run.status == RUNNING and now_ms - run.beat_at_ms >= lapses_after_ms


def restarted(run: JobRun) -> JobRun:
    """The run that is over, once more: a finished one from the beginning, one that was given up
    from where that was."""
    if run.status == FAILED:
        return replace(run, status=WAITING, not_before_ms=0, failures=0)
    return JobRun(
        id=run.id,
        iteration=run.iteration,
        argument=run.argument,
        status=WAITING,
        version=run.version,
    )


def claimed(run: JobRun, owner: str, now_ms: int) -> JobRun:
    """The run in its owner's hands."""
    return replace(run, status=RUNNING, owner=owner, beat_at_ms=now_ms)


def advanced(run: JobRun, step: Step, now_ms: int) -> JobRun:
    """The run after a step; over when that was the last."""
    return replace(
        run,
        status=RUNNING if step.next is not None else FINISHED,
        cursor=step.next,
        done=run.done + len(step.items),
        total=run.total if step.total is None else step.total,
        beat_at_ms=now_ms,
        failures=0,
        error=None,
    )


def released(run: JobRun) -> JobRun:
    """The run where it is, for anybody to go on with at once."""
    return replace(run, status=WAITING, owner=None, not_before_ms=0)


def step_failed(run: JobRun, error: str, now_ms: int, chance: Callable[[], float]) -> JobRun:
    """The run after a step failed: tried again after 1 s, 2 s, 4 s, …; given up after ten failures
    in a row at the same place."""
    failures = run.failures + 1
    pause_ms = round(1000 * backoff_s(failures, chance=chance))
    return replace(
        run,
        status=FAILED if failures >= GIVES_UP_AFTER else WAITING,
        owner=None,
        not_before_ms=now_ms + pause_ms,
        failures=failures,
        error=error,
    )


def finished(run: JobRun) -> JobRun:
    """The run when there was nothing more to iterate over."""
    return replace(run, status=FINISHED, owner=None)
