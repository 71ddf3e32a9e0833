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


@pytest.mark.parametrize(
    ("status", "is_over"),
    [("waiting", False), ("running", False), ("finished", True), ("failed", True)],
)
def test_when_a_run_is_over(status: str, is_over: bool) -> None:
    assert checkpoint.is_over(run(status=status)) is is_over


def test_a_run_that_was_claimed_is_its_owners() -> None:
    after = checkpoint.claimed(run(cursor="c", done=3), "me", 7)

    assert after == run(status="running", owner="me", beat_at_ms=7, cursor="c", done=3)


def test_a_run_that_is_let_go_may_be_claimed_at_once_where_it_is() -> None:
    held = run(status="running", owner="me", not_before_ms=10**9, cursor="c", done=3, failures=2)

    assert checkpoint.released(held) == run(cursor="c", done=3, failures=2)


def test_what_one_step_knows_of_the_whole_is_kept() -> None:
    counted = checkpoint.advanced(RUN, Step(["x"], "c", 9), 7)

    assert checkpoint.advanced(counted, Step(["y"], "d"), 8).total == 9
    assert checkpoint.advanced(counted, Step(["y"], "d", 0), 8).total == 0


def test_a_step_that_succeeds_makes_failures_and_their_reason_go() -> None:
    failed = checkpoint.step_failed(run(cursor="c", done=3, owner="me"), "OSError", 0, lambda: 1)
    assert (failed.owner, failed.cursor, failed.done) == (None, "c", 3)

    after = checkpoint.advanced(failed, Step(["x"], "d"), 7)
    assert (after.failures, after.error) == (0, None)


def test_a_run_that_was_given_up_goes_on_and_a_finished_one_begins_anew() -> None:
    over = {"cursor": "c", "done": 3, "total": 9, "failures": 10, "not_before_ms": 5, "version": 7}

    given_up = checkpoint.restarted(run(status="failed", **over))
    assert given_up == run(**(over | {"failures": 0, "not_before_ms": 0}))
    assert checkpoint.restarted(run(status="finished", **over)) == run(version=7)


def test_where_there_was_nothing_more_the_run_is_nobodys() -> None:
    after = checkpoint.finished(run(status="running", owner="me", cursor="c", done=3))

    assert after == run(status="finished", cursor="c", done=3)
