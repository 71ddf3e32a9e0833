"""A run goes on where it was, whatever stopped it."""

from __future__ import annotations

from collections.abc import Sequence

from bus_drain.jobs import Iteration, Step
from bus_drain.jobs.runner import JobRunner
from bus_drain.state import JobRun, State

from tests.clients.bus_drain.conftest import Clock

from .conftest import COUNT, World


def test_a_run_iterates_to_the_end_and_tells_its_progress(runner: JobRunner, world: World) -> None:
    told: list[int] = []
    run = runner.perform("r", lambda run: told.append(run.done))

    assert run is not None
    assert (run.status, run.done) == ("finished", COUNT)
    assert world.handled == ["i0", "i1", "i2", "i3", "i4"]
    assert told == [1, 2, 3, 4, 5]
    assert runner.perform("r") is None


def test_stopped_it_goes_on_after_the_last_saved_step(runner: JobRunner, world: World) -> None:
    world.at["i2"] = world.stop
    run = runner.perform("r")
    assert run is not None
    assert (run.status, run.done, run.owner) == ("waiting", 3, None)

    world.stopped = False
    runner.perform("r")
    assert world.handled == ["i0", "i1", "i2", "i3", "i4"]


def test_out_of_time_it_lets_go_and_goes_on(runner: JobRunner, world: World, clock: Clock) -> None:
    def take_long() -> None:
        clock.ms += 10_000

    world.at["i1"] = take_long
    run = runner.perform("r")
    assert run is not None
    assert (run.status, run.done) == ("waiting", 2)

    runner.perform("r")
    assert world.handled == ["i0", "i1", "i2", "i3", "i4"]


def test_a_failed_step_is_tried_again_after_a_pause(
    runner: JobRunner, world: World, clock: Clock
) -> None:
    world.at["i3"] = world.fail
    run = runner.perform("r")
    assert run is not None
    assert (run.status, run.done, run.failures, run.error) == ("waiting", 3, 1, "OSError")
    assert runner.perform("r") is None

    clock.ms += 1000
    again = runner.perform("r")
    assert again is not None
    assert (again.status, again.failures, again.error) == ("finished", 0, None)
    assert world.handled == ["i0", "i1", "i2", "i3", "i4"]


def test_nobody_takes_a_run_whose_heart_beats(
    runner: JobRunner, world: World, clock: Clock
) -> None:
    seen: list[JobRun | None] = []
    world.at["i2"] = lambda: seen.append(runner.perform("r"))
    runner.perform("r")

    assert seen == [None]
    assert world.handled == ["i0", "i1", "i2", "i3", "i4"]


def test_who_was_taken_for_dead_writes_nothing_more(
    runner: JobRunner, world: World, clock: Clock
) -> None:
    def sleep_too_long() -> None:
        clock.ms += 60_000
        other = runner.perform("r")
        assert other is not None
        assert other.status == "finished"

    world.at["i2"] = sleep_too_long

    assert runner.perform("r") is None
    assert world.handled == ["i0", "i1", "i2", "i3", "i4", "i2"]


def test_a_run_over_nothing_is_finished(drain_state: State, clock: Clock) -> None:
    drain_state.runs.add(JobRun(id="r", iteration="w", argument="i", status="waiting"))
    nothing = Iteration("w", lambda argument, cursor: iter(()), lambda items: None)
    runner = JobRunner(drain_state.runs, {"w": nothing}, stopping=lambda: False, clock=clock)

    run = runner.perform("r")
    assert run is not None
    assert (run.status, run.done, run.owner) == ("finished", 0, None)


def test_a_step_without_items_has_nothing_done(drain_state: State, clock: Clock) -> None:
    drain_state.runs.add(JobRun(id="r", iteration="w", argument="i", status="waiting"))
    handled: list[Sequence[str]] = []
    steps = [Step([], "1"), Step(["a"], "2"), Step([], None)]
    iteration = Iteration("w", lambda argument, cursor: iter(steps), handled.append)
    runner = JobRunner(drain_state.runs, {"w": iteration}, stopping=lambda: False, clock=clock)
    runner.perform("r")

    assert handled == [["a"]]


def test_an_unknown_run_is_no_run(runner: JobRunner) -> None:
    assert runner.perform("other") is None
