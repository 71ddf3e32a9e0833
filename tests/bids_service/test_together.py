"""Group commit: what waits together is acted on together."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from bids_service.errors import StoreUnavailable
from bids_service.together import Together
from tests.waiting import wait_for


def test_what_arrives_meanwhile_shares_the_next_act() -> None:
    groups: list[list[int]] = []
    entered, go_on = threading.Event(), threading.Event()

    def act(items: Sequence[int]) -> list[int]:
        groups.append(list(items))
        entered.set()
        assert go_on.wait(10)
        return [10 * item for item in items]

    together = Together(act, most=3)
    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(together.submit, 0)
        assert entered.wait(10)
        rest = [pool.submit(together.submit, item) for item in range(1, 5)]
        wait_for(lambda: len(together._waiting) == 4)
        go_on.set()
        assert [it.result() for it in (first, *rest)] == [0, 10, 20, 30, 40]
    together.close()
    assert [len(group) for group in groups] == [1, 3, 1]


def test_one_that_fails_harms_no_other() -> None:
    entered, go_on = threading.Event(), threading.Event()

    def act(items: Sequence[int]) -> list[int]:
        entered.set()
        assert go_on.wait(10)
        if 2 in items:
            raise ValueError("two")
        return list(items)

    together = Together(act)
    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(together.submit, 0)
        assert entered.wait(10)
        rest = {item: pool.submit(together.submit, item) for item in (1, 2, 3)}
        wait_for(lambda: len(together._waiting) == 3)
        go_on.set()
        assert (first.result(), rest[1].result(), rest[3].result()) == (0, 1, 3)
        with pytest.raises(ValueError, match="two"):
            rest[2].result()
    together.close()


def test_what_takes_too_long_is_unavailable() -> None:
    go_on = threading.Event()

    def act(items: Sequence[int]) -> list[int]:
        assert go_on.wait(10)
        return list(items)

    together = Together(act)
    with pytest.raises(StoreUnavailable):
        together.submit(1, timeout_s=0.01)
    go_on.set()
    assert together.submit(2) == 2
    together.close()
