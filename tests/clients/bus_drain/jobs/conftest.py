"""Iterations over five items, by a runner or from a queue."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest
from bus_drain.jobs import Iteration, Iterations, Step
from bus_drain.jobs.runner import JobRunner
from bus_drain.state import JobRun, State
from huey import MemoryHuey

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


@pytest.fixture
def queue() -> MemoryHuey:
    """A queue from which nobody takes anything by himself."""
    return MemoryHuey()


@pytest.fixture
def queued(queue: MemoryHuey, world: World, drain_state: State, clock: Clock) -> Iterations:
    """Iterations whose runs wait in the queue."""
    return Iterations(queue, drain_state, [Iteration("w", world.steps, world.each)], clock=clock)


@pytest.fixture
def iterations(world: World, drain_state: State, clock: Clock) -> Iterations:
    huey = MemoryHuey(immediate=True)
    return Iterations(
        huey, drain_state, [Iteration("w", world.steps, world.each)], max_run_ms=10_000, clock=clock
    )
