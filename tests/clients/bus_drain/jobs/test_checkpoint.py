"""What may become of a run: the checkpoint."""

from __future__ import annotations

import pytest
from bus_drain.jobs import checkpoint
from bus_drain.jobs.iteration import Step
from bus_drain.state import JobRun

RUN = JobRun(id="r", iteration="w", argument="a", status="waiting")


def run(**changes: object) -> JobRun:
    return JobRun(**(RUN.__dict__ | changes))


@pytest.mark.parametrize(
    ("status", "now_ms", "may"),
    [
        ("waiting", 99, False),
        ("waiting", 100, True),
        ("running", 60_049, False),
        ("running", 60_050, True),
        ("finished", 10**9, False),
        ("failed", 10**9, False),
    ],
)
def test_when_a_run_may_be_claimed(status: str, now_ms: int, may: bool) -> None:
    one = run(status=status, not_before_ms=100, beat_at_ms=50)

    assert checkpoint.may_be_claimed(one, now_ms) is may


def test_a_step_counts_and_moves_the_cursor() -> None:
    after = checkpoint.advanced(
        run(status="running", done=3, failures=2), Step(["x", "y"], "c", 9), 7
    )

    assert (after.done, after.cursor, after.total, after.failures) == (5, "c", 9, 0)
    assert (after.status, after.beat_at_ms) == ("running", 7)


def test_the_last_step_ends_the_run() -> None:
    assert checkpoint.advanced(RUN, Step(["x"], None), 7).status == "finished"


def test_failures_are_tried_again_later_and_later_then_given_up() -> None:
    one, pauses = RUN, []
    for _ in range(10):
        one = checkpoint.step_failed(one, "OSError", 0, lambda: 1)
        pauses.append(one.not_before_ms)

    assert pauses == [1000, 2000, 4000, 8000, 16000, 32000, 64000, 128000, 256000, 512000]
    assert (one.status, one.error) == ("failed", "OSError")
    assert checkpoint.step_failed(RUN, "OSError", 0, lambda: 1).status == "waiting"
