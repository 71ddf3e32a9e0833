"""Who is looked at, when many are awake."""

import pytest

from bus.delivery.run_queue import RunQueue


def queue_of(count: int) -> RunQueue:
    """So many, who all wake together."""
    queue = RunQueue()
    for number in range(1, count + 1):
        queue.wake(number)
    return queue


def looked_at(queue: RunQueue, now_ms: int) -> list[int]:
    """Who is looked at now."""
    found: list[int] = []
    queue.look_at_due(now_ms, found.append)
    return found


def test_a_few_are_looked_at_together_in_the_order_of_waking() -> None:
    queue = queue_of(3)
    assert looked_at(queue, 0) == [1, 2, 3]
    assert looked_at(queue, 0) == []


def test_of_a_crowd_everybody_is_looked_at_once() -> None:
    queue = queue_of(100)
    rounds = []
    while some := looked_at(queue, 0):
        rounds.append(some)
    assert len(rounds) > 1
    assert sorted(one for some in rounds for one in some) == list(range(1, 101))


def test_whoever_wakes_last_does_not_wait_for_a_crowd_nor_the_first_for_ever() -> None:
    queue = queue_of(100)
    looked_at(queue, 0)
    queue.wake(1)
    some = looked_at(queue, 0)
    assert 1 in some
    assert min(one for one in some if one > 1) == 5  # the first of those that have waited


def test_whoever_sleeps_is_looked_at_when_the_time_has_come_and_not_before() -> None:
    queue = RunQueue()
    queue.sleep(1, 50)
    queue.sleep(1, 20)
    assert looked_at(queue, 19) == []
    assert queue.next_due_ms() == 20
    assert looked_at(queue, 20) == [1]
    assert looked_at(queue, 50) == []


@pytest.mark.parametrize("fails_at", [1, 2, 3])
def test_a_look_that_fails_gives_back_whom_it_was_at_and_who_was_to_come(fails_at: int) -> None:
    queue = queue_of(2)
    queue.sleep(3, 50)
    found: list[int] = []

    def look(number: int) -> None:
        if number == fails_at:
            raise OSError("the store is away")
        found.append(number)

    with pytest.raises(OSError, match="away"):
        queue.look_at_due(50, look)
    assert found == list(range(1, fails_at))
    assert queue.next_due_ms() == 0
    assert looked_at(queue, 50) == [*range(fails_at + 1, 4), fails_at]


def test_of_a_crowd_half_are_those_that_woke_last_and_half_those_that_wait_longest() -> None:
    assert looked_at(queue_of(8), 0) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert looked_at(queue_of(100), 0) == [100, 99, 98, 97, 1, 2, 3, 4]
    assert looked_at(queue_of(9), 0) == [9, 8, 7, 6, 1, 2, 3, 4]


def test_the_next_is_due_now_or_at_the_first_of_the_times_or_never() -> None:
    queue = RunQueue()
    assert queue.next_due_ms() is None
    queue.sleep(1, 50)
    queue.sleep(2, 40)
    assert queue.next_due_ms() == 40
    queue.wake(3)
    assert queue.next_due_ms() == 0


def test_whoever_is_to_sleep_until_the_same_time_again_is_looked_at_once() -> None:
    queue = RunQueue()
    queue.sleep(1, 20)
    queue.sleep(1, 20)
    assert looked_at(queue, 20) == [1]
    assert (queue.next_due_ms(), looked_at(queue, 20)) == (None, [])
    queue.sleep(1, 20)
    assert looked_at(queue, 20) == [1]
