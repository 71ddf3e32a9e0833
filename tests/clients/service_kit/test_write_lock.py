"""One writer after the other, in order, and nobody waits for ever."""

import contextlib
import fcntl
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from service_kit.errors import StoreUnavailable
from service_kit.write_lock import FileQueue, WriteLockTaken

from tests.waiting import wait_for


@pytest.fixture
def path(tmp_path: Path) -> str:
    return f"{tmp_path}/turn"


@contextlib.contextmanager
def held_elsewhere(path: str) -> Iterator[None]:
    """The lock, in the hands of a process that has stopped."""
    program = f"import fcntl, os; f = open({path!r}, 'a'); fcntl.flock(f, 2); print(flush=True)"
    stop = "import signal; os.kill(os.getpid(), signal.SIGSTOP)"
    with subprocess.Popen(
        [sys.executable, "-c", f"{program}; {stop}"], stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        try:
            yield
        finally:
            holder.kill()


def descriptors_of(path: str) -> int:
    links = Path("/proc/self/fd").iterdir()
    return sum(os.path.realpath(link) == os.path.realpath(path) for link in links)


def test_who_waits_for_a_stopped_process_gives_up_in_time(path: str) -> None:
    queue = FileQueue(path)
    with held_elsewhere(path):
        for _ in range(3):
            with pytest.raises(StoreUnavailable), queue.turn(0.05):
                pass
    with queue.turn(30):
        pass
    wait_for(lambda: descriptors_of(path) == 0)


def test_who_waits_for_a_thread_gives_up_in_time(path: str) -> None:
    queue = FileQueue(path)
    with queue.turn(1), pytest.raises(StoreUnavailable), queue.turn(0.05):
        pass
    with queue.turn(0):
        pass


def test_what_was_given_up_holds_nobody_up_once_it_comes(path: str) -> None:
    queue = FileQueue(path)
    with open(path, "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(StoreUnavailable), queue.turn(0.05):
            pass
    with FileQueue(path).turn(30), open(path, "a") as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_threads_get_their_turn_in_the_order_they_came(path: str) -> None:
    queue = FileQueue(path)
    order: list[int] = []

    def take(number: int) -> None:
        with queue.turn(30):
            order.append(number)

    with queue.turn(30):
        threads = [threading.Thread(target=take, args=(number,)) for number in range(5)]
        for number, thread in enumerate(threads):
            thread.start()
            wait_for(lambda: len(queue._threads._waiting) == number + 1)  # noqa: B023 - called now
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]


def test_a_lock_that_can_not_be_opened_says_that_the_store_can_not_be_used(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable), FileQueue(f"{tmp_path}/nowhere/turn").turn(1):
        pass


def test_who_does_not_wait_gets_the_lock_only_where_nobody_has_it(path: str) -> None:
    queue = FileQueue(path)
    with held_elsewhere(path), pytest.raises(WriteLockTaken), queue.turn_if_free():
        pass
    with queue.turn_if_free(), pytest.raises(WriteLockTaken), queue.turn_if_free():
        pass
    with queue.turn_if_free(), open(path, "a") as file, pytest.raises(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert descriptors_of(path) == 0
