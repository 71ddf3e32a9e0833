"""Runs wait in a queue, and are found again whatever becomes of that."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from bus_drain.jobs import Iteration, Iterations
from bus_drain.jobs.runner import JobRunner
from bus_drain.state import JobRun, State
from huey import MemoryHuey
from huey.registry import Message

from tests.clients.bus_drain.conftest import Clock

from .conftest import COUNT, World


def perform_one(queue: MemoryHuey) -> None:
    """What a worker does with the next job."""
    job = queue.dequeue()
    assert job is not None
    queue.execute(job)


def test_starting_an_iteration_queues_it(iterations: Iterations, world: World) -> None:
    iterations.start("w", "i")

    (run,) = iterations.runs()
    assert (run.id, run.status, len(world.handled)) == ("w i", "finished", COUNT)


def test_an_iteration_out_of_time_queues_itself_again(
    iterations: Iterations, world: World, clock: Clock
) -> None:
    def take_long() -> None:
        clock.ms += 10_000

    world.at = {"i1": take_long, "i2": take_long}
    iterations.start("w", "i")

    assert iterations.runs()[0].status == "finished"
    assert len(world.handled) == COUNT


def test_starting_again_goes_on_with_what_is_not_over(
    iterations: Iterations, world: World, clock: Clock
) -> None:
    world.at["i3"] = world.fail
    iterations.start("w", "i")
    clock.ms += 1000
    iterations.start("w", "i")

    assert len(world.handled) == COUNT


def test_starting_what_is_over_begins_anew(iterations: Iterations, world: World) -> None:
    iterations.start("w", "i")
    iterations.start("w", "i")

    assert len(world.handled) == 2 * COUNT
    assert len(iterations.runs()) == 1


def test_starting_what_was_given_up_goes_on_where_that_was(
    iterations: Iterations, world: World, clock: Clock
) -> None:
    for _ in range(10):
        world.at["i3"] = world.fail
        iterations.start("w", "i")
        clock.ms += 600_000
    assert (iterations.runs()[0].status, iterations.runs()[0].done) == ("failed", 3)

    iterations.start("w", "i")
    assert iterations.runs()[0].status == "finished"
    assert world.handled == ["i0", "i1", "i2", "i3", "i4"]


def test_a_run_of_an_iteration_that_is_not_known_here_is_left_alone(
    iterations: Iterations, runner: JobRunner, drain_state: State
) -> None:
    drain_state.runs.add(JobRun(id="n", iteration="newer", argument="", status="waiting"))
    before = drain_state.runs.get("n")

    assert runner.perform("n") is None
    iterations.reap()
    assert drain_state.runs.get("n") == before


def test_the_reaper_wakes_what_waits_once(
    iterations: Iterations, world: World, clock: Clock
) -> None:
    world.at["i3"] = world.fail
    iterations.start("w", "i")
    assert iterations.reap() == 0
    clock.ms += 1000
    assert iterations.reap() == 1
    assert iterations.reap() == 0
    assert iterations.runs()[0].status == "finished"


def test_the_heart_beats_with_every_step(queued: Iterations, world: World, clock: Clock) -> None:
    seen: list[int] = []

    def take_long() -> None:
        clock.ms += 40_000
        seen.append(queued.reap())

    world.at = {"i1": take_long, "i2": take_long, "i3": take_long}
    queued.perform_here("w", "i", lambda run: None)

    assert seen == [0, 0, 0]


def test_the_reaper_does_not_fill_the_queue(
    queued: Iterations, queue: MemoryHuey, clock: Clock
) -> None:
    queued.start("w", "i")

    assert [queued.reap() for _ in range(3)] == [0, 0, 0]
    assert queue.pending_count() == 1
    clock.ms += 60_000
    assert queued.reap() == 1


def test_after_five_minutes_a_run_lets_others_have_their_turn(
    queued: Iterations, queue: MemoryHuey, world: World, clock: Clock
) -> None:
    def take(ms: int) -> None:
        clock.ms += ms

    world.at = {"i0": lambda: take(299_999), "i1": lambda: take(1)}
    queued.start("w", "i")
    perform_one(queue)

    assert (queued.runs()[0].status, queued.runs()[0].done) == ("waiting", 2)
    assert queue.pending_count() == 1


def test_a_run_whose_step_failed_is_not_queued_before_its_pause_is_over(
    queued: Iterations, queue: MemoryHuey, world: World
) -> None:
    world.at["i2"] = world.fail
    queued.start("w", "i")
    perform_one(queue)

    assert queue.pending_count() == 0


def test_a_run_that_was_stopped_is_left_to_another_process(
    queued: Iterations, queue: MemoryHuey, world: World
) -> None:
    world.at["i2"] = queued.stop
    queued.start("w", "i")
    perform_one(queue)

    assert (queued.runs()[0].status, queued.runs()[0].done) == ("waiting", 3)
    assert queue.pending_count() == 0


def test_who_starts_a_run_is_told_how_far_it_is(
    queued: Iterations, queue: MemoryHuey, world: World, clock: Clock
) -> None:
    world.at["i3"] = world.fail
    queued.start("w", "i")
    perform_one(queue)
    clock.ms += 1000

    assert queued.start("w", "i") == queued.runs()[0]
    assert queued.reap() == 0
    perform_one(queue)
    again = queued.start("w", "i")
    assert (again.status, again.done) == ("waiting", 0)


def test_runs_go_by_the_clock_of_their_state_unless_said_otherwise(
    queue: MemoryHuey, world: World, drain_state: State, clock: Clock
) -> None:
    by_state = Iterations(
        queue, replace(drain_state, clock=clock), [Iteration("w", world.steps, world.each)]
    )
    by_state.perform_here("w", "i", lambda run: None)

    assert by_state.runs()[0].beat_at_ms == clock.ms


def test_the_progress_of_another_process_is_shown_while_it_goes_on(
    queued: Iterations, drain_state: State, clock: Clock
) -> None:
    waiting = JobRun(id="w i", iteration="w", argument="i", status="waiting")
    theirs = replace(waiting, status="running", owner="another", done=2, beat_at_ms=clock.ms)
    drain_state.runs.add(theirs)
    told: list[tuple[int, float]] = []

    def show(run: JobRun) -> None:
        told.append((run.done, time.monotonic()))
        if len(told) == 2:
            queued.stop()
        else:
            drain_state.runs.swap(run, replace(run, done=3))

    run = queued.perform_here("w", "i", show)

    assert (run.status, run.done) == ("running", 3)
    assert [done for done, _ in told] == [2, 3]
    assert told[1][1] - told[0][1] > 0.9  # not as fast as it can


def test_a_job_that_0_1_0_has_queued_is_performed(
    queued: Iterations, queue: MemoryHuey, drain_state: State
) -> None:
    drain_state.runs.add(JobRun(id="w i", iteration="w", argument="i", status="waiting"))
    name = "bus_drain.jobs.walks.bus_drain_walk"
    message = Message("1", name, None, 0, 0, None, ("w i",), {}, None, None)
    queue.storage.enqueue(queue.serializer.serialize(message))

    perform_one(queue)
    assert queued.runs()[0].status == "finished"


def test_an_iteration_nobody_defined(iterations: Iterations) -> None:
    with pytest.raises(KeyError):
        iterations.start("other")


def test_iterating_here_goes_to_the_end(iterations: Iterations, world: World) -> None:
    told: list[int] = []
    run = iterations.perform_here("w", "i", lambda run: told.append(run.done))

    assert (run.status, told[-1]) == ("finished", COUNT)


def test_a_stopped_process_does_nothing(iterations: Iterations, world: World) -> None:
    iterations.stop()
    run = iterations.perform_here("w", "i", lambda run: None)

    assert (run.status, world.handled) == ("waiting", [])
