"""When outcomes are written down: at once, unless there is other work, and then not too late."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from bus.delivery.settler import Settler


@dataclass
class Clock:
    now_ms: int = 1_000

    def __call__(self) -> int:
        return self.now_ms


@dataclass
class Store:
    """Takes so long to settle, and says whose fence has moved."""

    clock: Clock
    takes_ms: int = 0
    lost: Collection[int] = ()
    settled: list[Sequence[Any]] = field(default_factory=list)

    def settle(self, _name: str, settlements: Sequence[Any], _now_ms: int) -> Collection[int]:
        self.clock.now_ms += self.takes_ms
        self.settled.append(settlements)
        return self.lost


@dataclass(eq=False)
class Consumer:
    """What is to be stored of it is its id."""

    id: int
    is_held: bool = True
    stored: int = 0

    def settlement(self, _seen: int) -> Any:
        return SimpleNamespace(subscription_id=self.id)

    def settled(self, _settlement: Any) -> None:
        self.stored += 1


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> Store:
    return Store(clock)


@pytest.fixture
def doubted() -> list[Any]:
    return []


@pytest.fixture
def settler(store: Store, clock: Clock, doubted: list[Any]) -> Settler:
    parts: Any = SimpleNamespace(settlements=store)
    registry: Any = SimpleNamespace(doubt=doubted.append)
    tail: Any = SimpleNamespace(seen=9)
    as_it_is: Any = SimpleNamespace(now_ms=clock, stored_ms=lambda ms: ms, jumped_ms=0)
    return Settler("me", parts, registry, tail, timeline=as_it_is, steady_ms=clock)


def add(settler: Settler, consumer: Any) -> Any:
    settler.add(consumer)
    return consumer


@pytest.mark.parametrize("is_busy", [True, False])
def test_the_first_outcome_is_stored_at_once(settler: Settler, store: Store, is_busy: bool) -> None:
    settler.settle_if_due(is_busy=is_busy)
    assert (store.settled, settler.wait_ms()) == ([], None)
    one = add(settler, Consumer(1))
    settler.settle_if_due(is_busy=is_busy)
    assert (one.stored, settler.wait_ms()) == (1, None)


@pytest.mark.parametrize(("takes_ms", "waits_ms"), [(0, 20), (3, 60), (500, 200)])
def test_while_there_is_other_work_the_next_waits_a_little(
    settler: Settler, store: Store, clock: Clock, takes_ms: int, waits_ms: int
) -> None:
    store.takes_ms = takes_ms
    add(settler, Consumer(1))
    settler.settle()
    other = add(settler, Consumer(2))
    assert settler.wait_ms() == waits_ms
    for left_ms, stored in ((1, 0), (0, 1)):
        clock.now_ms += (settler.wait_ms() or 0) - left_ms
        settler.settle_if_due(is_busy=True)
        assert other.stored == stored


def test_with_nothing_else_to_do_nothing_waits(settler: Settler) -> None:
    add(settler, Consumer(1))
    settler.settle()
    other = add(settler, Consumer(2))
    settler.settle_if_due(is_busy=False)
    assert other.stored == 1


def test_what_another_has_taken_over_is_doubted_and_kept(
    settler: Settler, store: Store, doubted: list[Any]
) -> None:
    store.lost = {1}
    one, two = add(settler, Consumer(1)), add(settler, Consumer(2))
    settler.settle()
    assert (doubted, one.stored, two.stored) == ([one], 0, 1)
    assert settler.wait_ms() is not None


def test_who_is_not_held_any_more_has_nothing_stored(settler: Settler, store: Store) -> None:
    gone = add(settler, Consumer(1, is_held=False))
    settler.settle()
    assert (store.settled, gone.stored, settler.wait_ms()) == ([], 0, None)
