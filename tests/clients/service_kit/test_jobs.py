"""Jobs: done by whoever looks, one at a time, within a budget, and left alone after a failure."""

import threading
import time
from collections.abc import Callable

import pytest
from service_kit.errors import Unreachable
from service_kit.jobs import Job, Jobs
from service_kit.worker import listening

from tests.waiting import wait_for


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class Pile:
    """Pieces of work; each calls `also`, which may add to another pile."""

    def __init__(self, pieces: int, also: Callable[[], object] = lambda: None) -> None:
        self.left = pieces
        self.done = 0
        self._also = also

    def __call__(self) -> bool:
        if not self.left:
            return False
        self.left -= 1
        self.done += 1
        self._also()
        return True

    def add(self) -> None:
        self.left += 1


class Away:
    """Somebody who doesn't answer."""

    def __init__(self, error: Exception) -> None:
        self.error: Exception | None = error
        self.asked = 0

    def __call__(self) -> bool:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return False


def test_what_comes_of_a_job_is_done_too_in_whatever_order_they_stand() -> None:
    mails = Pile(0)
    notices = Pile(0, also=mails.add)
    events = Pile(3, also=notices.add)
    Jobs(*(Job(name, work) for name, work in (("m", mails), ("n", notices), ("e", events)))).settle(
        1.0
    )
    assert (events.done, notices.done, mails.done) == (3, 3, 3)


def test_the_budget_ends_it_after_the_piece_under_way() -> None:
    clock = Clock()

    def take_a_second() -> None:
        clock.now_s += 1

    mails = Pile(100, also=take_a_second)
    job, ends_at = Job("mails", mails, clock=clock), clock() + 2.5
    assert job.look(lambda: clock() >= ends_at)
    assert mails.done == 3
    assert not job.look(lambda: clock() >= ends_at)
    assert mails.done == 3


@pytest.mark.parametrize("error", [Unreachable("no"), ZeroDivisionError()])
def test_a_job_that_failed_is_left_alone_by_people_and_tried_again_once_it_has_rested(
    error: Exception,
) -> None:
    clock, away = Clock(), Away(error)
    other = Pile(2)
    job = Job("away", away, away=Unreachable, clock=clock)
    jobs = Jobs(job, Job("other", other))
    jobs.settle(1.0, again=False)
    assert (away.asked, other.done) == (1, 2)
    for _ in range(3):
        jobs.settle(1.0, again=False)
        jobs.settle()
    assert away.asked == 1
    clock.now_s += 1
    jobs.settle(1.0, again=False)
    assert away.asked == 1
    jobs.settle()
    assert away.asked == 2
    away.error = None
    clock.now_s += 2
    jobs.settle()
    jobs.settle(1.0, again=False)
    assert away.asked == 4


def test_a_loop_rests_longer_and_longer_and_at_once_no_more_when_it_is_back() -> None:
    clock, away = Clock(), Away(Unreachable("no"))
    waits: list[float] = []
    body = listening(
        Job("away", away, away=Unreachable, clock=clock), lambda: waits.append(clock.now_s)
    )
    pauses = []
    for _ in range(8):
        pauses.append(body())
        clock.now_s += pauses[-1]
    assert away.asked == 8
    assert 0.5 <= pauses[0] <= 1 <= pauses[1] <= 2 <= pauses[2] <= 4
    assert max(pauses) <= 30
    assert waits == []
    away.error = None
    assert body() == 0
    assert waits == [clock.now_s]


def test_a_loop_does_a_piece_a_round_and_waits_when_there_is_none() -> None:
    waits: list[int] = []
    pile = Pile(3)
    body = listening(Job("pile", pile), lambda: waits.append(pile.done))
    for _ in range(5):
        assert body() == 0
    assert (pile.done, waits) == (3, [3, 3])


class Gate:
    """A piece of work that says that it has begun, and hangs until it may go on."""

    def __init__(self) -> None:
        self.begun, self.may_go_on = threading.Event(), threading.Event()

    def __call__(self) -> None:
        self.begun.set()
        assert self.may_go_on.wait(10)


def test_who_waited_for_a_thread_that_failed_leaves_it_alone_too() -> None:
    gate, away, found_well = Gate(), Away(Unreachable("no")), threading.Event()

    def work() -> bool:
        gate()
        return away()

    def is_over() -> bool:
        found_well.set()  # next it waits for the other
        return False

    job = Job("away", work, away=Unreachable)
    first = threading.Thread(target=job.look, args=(lambda: False,))
    second = threading.Thread(
        target=job.look, args=(is_over,), kwargs={"wait_s": 60.0, "again": False}
    )
    first.start()
    assert gate.begun.wait(10)
    second.start()
    assert found_well.wait(10)
    gate.may_go_on.set()
    first.join()
    second.join()
    assert away.asked == 1


def test_one_thread_at_a_time_is_at_a_job_and_what_came_meanwhile_is_not_forgotten() -> None:
    gate = Gate()
    pile = Pile(1, also=gate)
    jobs = Jobs(Job("pile", pile))
    first = threading.Thread(target=jobs.settle)
    first.start()
    assert gate.begun.wait(10)
    pile.left = 1
    jobs.settle()  # finds the other at it, and leaves it to that one
    assert pile.done == 1
    gate.may_go_on.set()
    first.join(10)
    assert pile.done == 2


def test_who_waits_for_another_at_the_job_waits_for_the_budget_at_most() -> None:
    gate = Gate()
    jobs = Jobs(Job("hangs", Pile(1, also=gate)))
    first = threading.Thread(target=jobs.settle)
    first.start()
    assert gate.begun.wait(10)
    started = time.monotonic()
    jobs.settle(0.2)
    assert time.monotonic() - started >= 0.2
    assert first.is_alive()
    gate.may_go_on.set()
    first.join(10)


def test_a_job_that_settles_comes_back_at_once_and_all_is_done() -> None:
    jobs = Jobs()
    mails = Pile(0)

    def commit() -> None:
        mails.add()
        jobs.settle(1.0)

    events = Pile(2, also=commit)
    jobs.add(Job("mails", mails), Job("events", events))
    jobs.settle(1.0)
    assert (events.done, mails.done) == (2, 2)


def test_a_job_that_was_removed_is_looked_at_no_more() -> None:
    pile = Pile(1)
    job = Job("pile", pile)
    jobs = Jobs(job)
    jobs.remove(job)
    jobs.settle()
    assert pile.done == 0


def test_many_threads_do_each_piece_once() -> None:
    pile = Pile(0)
    jobs = Jobs(Job("pile", pile))
    lock = threading.Lock()

    def commit() -> None:
        for _ in range(200):
            with lock:
                pile.left += 1
            jobs.settle()

    threads = [threading.Thread(target=commit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_for(lambda: pile.left == 0)


def test_who_waits_does_not_keep_the_other_at_the_job() -> None:
    gate = Gate()
    pile = Pile(1, also=gate)
    jobs = Jobs(Job("pile", pile))
    first = threading.Thread(target=jobs.settle, args=(20.0,))
    second = threading.Thread(target=jobs.settle, args=(20.0,))
    first.start()
    assert gate.begun.wait(10)
    second.start()
    gate.may_go_on.set()
    for thread in (first, second):
        thread.join(10)
        assert not thread.is_alive()
    assert pile.done == 1


def test_stopped_jobs_end_after_the_piece_under_way() -> None:
    jobs = Jobs()
    pile = Pile(5, also=jobs.stop)
    jobs.add(Job("pile", pile))
    jobs.settle()
    jobs.settle(1.0)
    assert (pile.done, pile.left) == (1, 4)
