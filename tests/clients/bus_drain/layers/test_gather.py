"""Writes that come together share one write."""

from __future__ import annotations

import threading
from collections.abc import Collection

import pytest
from bus_drain.layers.gather import Gather


def test_who_comes_during_a_write_does_not_wait_and_is_written_with_others() -> None:
    writes: list[list[str]] = []
    begun, go_on = threading.Event(), threading.Event()

    def write(items: Collection[str]) -> None:
        writes.append(list(items))
        begun.set()
        assert go_on.wait(20)

    gather = Gather(write)
    first = threading.Thread(target=gather, args=(["a"],))
    first.start()
    assert begun.wait(20)
    gather(["b"])
    gather(["c"])
    assert writes == [["a"]]
    go_on.set()
    first.join(20)

    assert writes == [["a"], ["b", "c"]]


def test_nothing_that_many_threads_bring_is_left_behind() -> None:
    written: list[str] = []
    gather = Gather(written.extend)

    def bring(number: int) -> None:
        for place in range(200):
            gather([f"{number}-{place}"])

    threads = [threading.Thread(target=bring, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(written) == len(set(written)) == 1600


def test_after_a_failure_it_writes_again() -> None:
    written: list[str] = []

    def write(items: Collection[str]) -> None:
        if "bad" in items:
            raise OSError("disk full")
        written.extend(items)

    gather = Gather(write)
    with pytest.raises(OSError, match="disk full"):
        gather(["bad"])
    gather(["good"])

    assert written == ["good"]
