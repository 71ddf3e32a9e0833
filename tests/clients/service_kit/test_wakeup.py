"""A descriptor that others make readable."""

import select
import threading
from collections.abc import Iterator

import pytest
from service_kit.wakeup import Wakeup


@pytest.fixture
def wakeup() -> Iterator[Wakeup]:
    made = Wakeup()
    yield made
    made.close()


def is_ready(wakeup: Wakeup, seconds: float = 0) -> bool:
    return bool(select.select([wakeup], [], [], seconds)[0])


def test_it_is_readable_from_a_ring_until_it_is_cleared(wakeup: Wakeup) -> None:
    assert not is_ready(wakeup)
    wakeup.ring()
    wakeup.ring()
    assert is_ready(wakeup)
    wakeup.clear()
    assert not is_ready(wakeup)
    wakeup.clear()  # nothing waits, and nobody blocks


def test_it_is_heard_by_who_waits_in_another_thread(wakeup: Wakeup) -> None:
    threading.Timer(0.05, wakeup.ring).start()
    assert is_ready(wakeup, 10)


def test_however_often_it_is_rung_nobody_blocks_and_all_is_cleared(wakeup: Wakeup) -> None:
    for _ in range(100_000):  # more than a pipe holds
        wakeup.ring()
    assert is_ready(wakeup)
    wakeup.clear()
    assert not is_ready(wakeup)
