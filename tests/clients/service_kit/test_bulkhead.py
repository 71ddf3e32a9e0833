"""Only so many do it at once; the rest waits a little, or is told to come again."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from service_kit.bulkhead import Bulkhead
from service_kit.errors import Busy

from tests.waiting import wait_for


class Inside:
    """Who is in, and how many ever were at once; nobody leaves until the door opens."""

    def __init__(self, bulkhead: Bulkhead) -> None:
        self.bulkhead, self.door = bulkhead, threading.Event()
        self.lock, self.now, self.most, self.done = threading.Lock(), 0, 0, 0

    def __call__(self) -> str:
        try:
            with self.bulkhead:
                return self.stay()
        except Busy as error:
            return f"again in {error.retry_after_s} s"

    def stay(self) -> str:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.door.wait(20)
        with self.lock:
            self.now -= 1
        return "in"


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(40) as threads:
        yield threads


def test_so_many_are_in_at_once_some_wait_and_the_rest_is_refused(pool: ThreadPoolExecutor) -> None:
    inside = Inside(Bulkhead(at_once=2, waiting=3))

    asked = [pool.submit(inside) for _ in range(30)]
    wait_for(lambda: sum(one.done() for one in asked) == 25, what="those who are refused")
    inside.door.set()

    assert sorted(one.result() for one in asked) == ["again in 2 s"] * 25 + ["in"] * 5
    assert inside.most == 2


def test_who_has_waited_long_enough_is_refused_and_leaves_its_place(
    pool: ThreadPoolExecutor,
) -> None:
    inside = Inside(Bulkhead(at_once=1, waiting=1, wait_s=0.01))
    first = pool.submit(inside)
    wait_for(lambda: inside.now == 1, what="the first to be in")

    late = [pool.submit(inside).result(20) for _ in range(3)]
    inside.door.set()

    assert late == ["again in 2 s"] * 3
    assert first.result() == "in"
    assert inside() == "in"


def test_whoever_fails_inside_leaves_it_too() -> None:
    bulkhead = Bulkhead(at_once=1, waiting=0)

    @bulkhead
    def fail() -> None:
        raise KeyError("inside")

    for _ in range(3):
        with pytest.raises(KeyError):
            fail()
