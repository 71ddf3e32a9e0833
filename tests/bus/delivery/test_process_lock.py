"""A pusher of the same machine that was killed is known to be dead, with certainty and at once."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bus.delivery.process_lock import ProcessLock, is_dead
from bus.storage import Storage
from tests.bus.clock import FakeClock
from tests.bus.delivery.pushing import Driven, Publish, queued, subscribe
from tests.bus.receiver import Receiver

HOLD = """
import sys
from bus.delivery.process_lock import ProcessLock
ProcessLock(sys.argv[1])
print(flush=True)
sys.stdin.read()
"""


@pytest.fixture
def name() -> str:
    return f"test-{secrets.token_hex(8)}"


@pytest.fixture
def process(name: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that holds a process_lock."""
    command = [sys.executable, "-c", HOLD, name]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as started:
        assert started.stdout is not None
        started.stdout.readline()
        yield started
        started.kill()


@pytest.mark.slow
def test_who_was_killed_is_dead_and_nobody_is_before(
    name: str, process: subprocess.Popen[bytes]
) -> None:
    assert not is_dead(name)
    process.kill()
    process.wait(10)
    assert is_dead(name)


def test_of_who_left_or_was_never_here_nothing_is_known(name: str) -> None:
    ProcessLock(name).close()
    assert not is_dead(name)
    assert not is_dead("somewhere-else")


@pytest.mark.slow
def test_what_the_dead_one_held_is_taken_over_without_waiting_for_its_lease(
    name: str,
    process: subprocess.Popen[bytes],
    storage: Storage,
    clock: FakeClock,
    publish: Publish,
    receiver: Receiver,
) -> None:
    subscribe(storage, receiver.url)
    first = Driven(storage, clock, name)
    first.rounds(2)
    process.kill()
    process.wait(10)
    publish("1")
    second = Driven(storage, clock, "second")
    second.until(lambda: receiver.deliveries, "taken over")  # and no clock was moved
    second.until(lambda: queued(storage) == 0)
    for one in (second, first):
        one.pusher.close()


def test_no_descriptor_is_left_open(name: str) -> None:
    def asked() -> int:
        lock = ProcessLock(name)
        assert not is_dead(name)
        lock.close()
        assert not is_dead(name)  # nobody knows any more
        return len(os.listdir("/proc/self/fd"))

    assert len({asked() for _ in range(5)}) == 1


@pytest.mark.slow
def test_to_ask_about_the_dead_leaves_no_descriptor_open(
    name: str, process: subprocess.Popen[bytes]
) -> None:
    process.kill()
    process.wait(10)
    before = len(os.listdir("/proc/self/fd"))
    assert is_dead(name)
    assert len(os.listdir("/proc/self/fd")) == before


def test_who_holds_its_lock_is_not_dead_and_who_lost_it_is_once(name: str) -> None:
    lock = ProcessLock(name)
    assert [is_dead(name), is_dead(name)] == [False, False]
    os.close(lock._file)  # as the kernel does on any death
    assert [is_dead(name), is_dead(name)] == [True, False]
    lock._file = os.open(os.devnull, os.O_RDONLY)
    lock.close()
