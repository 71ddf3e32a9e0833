"""A run goes on where it was, whatever stopped it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest
from bus_drain.jobs import Iteration, Iterations, Step
from bus_drain.jobs.runner import JobRunner
from bus_drain.state import JobRun, State
from huey import MemoryHuey
from huey.registry import Message

from tests.clients.bus_drain.conftest import Clock

COUNT = 5


class World:
    """Five items, a listener that may be told to stop, fail or take long at one of them."""

    def __init__(self, clock: Clock) -> None:
        self.handled: list[str] = []
        self.at: dict[str, Callable[[], None]] = {}
        self.stopped = False
        self.clock = clock

    def steps(self, argument: str, cursor: str | None) -> Iterator[Step]:
        for number in range(int(cursor or 0), COUNT):
            yield Step([f"{argument}{number}"], str(number + 1) if number + 1 < COUNT else None)

    def each(self, items: Sequence[str]) -> None:
        for item in items:
            self.at.pop(item, lambda: None)()
            self.handled.append(item)

    def stop(self) -> None:
        self.stopped = True

    def fail(self) -> None:
        raise OSError("no route to host")


@pytest.fixture
def world(clock: Clock) -> World:
    return World(clock)


@pytest.fixture
def runner(world: World, drain_state: State, clock: Clock) -> JobRunner:
    drain_state.runs.add(JobRun(id="r", iteration="w", argument="i", status="waiting"))
    return JobRunner(
        drain_state.runs,
        {"w": Iteration("w", world.steps, world.each)},
        stopping=lambda: world.stopped,
        max_run_ms=10_000,
        clock=clock,
        chance=lambda: 1,
    )


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


def test_the_heart_beats_with_every_step(world: World, drain_state: State, clock: Clock) -> None:
    iterations = Iterations(
        MemoryHuey(), drain_state, [Iteration("w", world.steps, world.each)], clock=clock
    )
    seen: list[int] = []

    def take_long() -> None:
        clock.ms += 40_000
        seen.append(iterations.reap())

    world.at = {"i1": take_long, "i2": take_long, "i3": take_long}
    iterations.perform_here("w", "i", lambda run: None)

    assert seen == [0, 0, 0]


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


def test_an_unknown_run_is_no_run(runner: JobRunner) -> None:
    assert runner.perform("other") is None


@pytest.fixture
def iterations(world: World, drain_state: State, clock: Clock) -> Iterations:
    huey = MemoryHuey(immediate=True)
    return Iterations(
        huey, drain_state, [Iteration("w", world.steps, world.each)], max_run_ms=10_000, clock=clock
    )


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


def test_the_reaper_does_not_fill_the_queue(world: World, drain_state: State, clock: Clock) -> None:
    idle = MemoryHuey()
    iterations = Iterations(
        idle, drain_state, [Iteration("w", world.steps, world.each)], clock=clock
    )
    iterations.start("w", "i")

    assert [iterations.reap() for _ in range(3)] == [0, 0, 0]
    assert idle.pending_count() == 1
    clock.ms += 60_000
    assert iterations.reap() == 1


def test_a_job_that_0_1_0_has_queued_is_performed(
    world: World, drain_state: State, clock: Clock
) -> None:
    huey = MemoryHuey()
    iterations = Iterations(
        huey, drain_state, [Iteration("w", world.steps, world.each)], clock=clock
    )
    drain_state.runs.add(JobRun(id="w i", iteration="w", argument="i", status="waiting"))
    name = "bus_drain.jobs.walks.bus_drain_walk"
    queued = Message("1", name, None, 0, 0, None, ("w i",), {}, None, None)
    huey.storage.enqueue(huey.serializer.serialize(queued))

    job = huey.dequeue()
    assert job is not None
    huey.execute(job)
    assert iterations.runs()[0].status == "finished"


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
