"""Rests of a pusher that is behind while its processor is wanted."""

from itertools import count
from pathlib import Path

import pytest

from bus.delivery.cpu_backpressure import CpuBackpressure, rest_ns, waited_ns
from bus.storage import Storage
from tests.bus.clock import FakeClock
from tests.bus.delivery.pushing import Driven, Publish, subscribe
from tests.bus.receiver import Receiver
from tests.waiting import wait_for

_MS = 1_000_000


@pytest.mark.parametrize(
    ("waited", "rest"),
    [(0, 0), (50_000, 4 * _MS), (200_000, 16 * _MS), (250_000, 20 * _MS), (_MS, 20 * _MS)],
)
def test_a_rest_is_as_long_as_the_processor_was_wanted_up_to_a_limit(
    waited: int, rest: int
) -> None:
    assert rest_ns(waited) == rest


def test_only_what_was_waited_since_the_last_round_counts() -> None:
    backpressure = CpuBackpressure(iter([5_000_000, 5_000_000, 5_200_000]).__next__)
    rests = [backpressure.rest_s(wanted=True) for _ in range(3)]
    assert rests == [0, 0, 0.016]


def test_what_was_waited_before_there_was_a_backlog_does_not_count() -> None:
    backpressure = CpuBackpressure(iter([0, 900_000]).__next__)
    rests = [backpressure.rest_s(wanted=wanted) for wanted in (True, False, True)]
    assert rests == [0, 0, 0]


def test_the_system_says_how_long_a_thread_has_waited() -> None:
    scheduled = Path("/proc/thread-self/schedstat")
    if not scheduled.exists():
        assert waited_ns() == 0
        return
    before = int(scheduled.read_text().split()[1])
    assert before <= waited_ns() <= int(scheduled.read_text().split()[1])


def test_a_pusher_that_is_behind_rests_while_somebody_publishes_and_only_then(
    storage: Storage, clock: FakeClock, publish: Publish, receiver: Receiver
) -> None:
    driven = Driven(storage, clock, backpressure=CpuBackpressure(count(0, _MS).__next__))
    subscribe(storage, receiver.url, max_events=1)
    publish(*(str(number) for number in range(100)))
    driven.until(lambda: len(receiver.deliveries) > 10)  # the notification has been heard by now
    assert {driven.pusher.run_once() for _ in range(10)} == {0}

    def rests() -> bool:
        publish("another")
        return driven.pusher.run_once() > 0

    wait_for(rests)
    driven.until(lambda: receiver.urls.count("https://x.example/99") == 1)
    driven.pusher.close()
