"""Group commit: what waits together is acted on together."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from service_kit.together import Together

from tests.waiting import wait_for


class Act:
    """Takes groups of numbers; its gate holds one open. An odd group fails when told to."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, items: Sequence[int]) -> list[str]:
        self.groups.append(list(items))
        assert self.gate.wait(10)
        if 13 in items:
            raise ValueError("thirteen")
        return [f"did {item}" for item in items]


def behind_a_first(act: Act, together: "Together[int, str]", *items: int) -> list[str]:
    """What becomes of items that all wait while a first one is acted on."""
    act.gate.clear()
    with ThreadPoolExecutor(len(items) + 1) as pool:
        first = pool.submit(together.submit, 0, 10)
        wait_for(lambda: act.groups)
        rest: list[Future[str]] = []
        for item in items:
            rest.append(pool.submit(together.submit, item, 10))
            wait_for(lambda: together._waiting.qsize() == len(rest))
        act.gate.set()
        assert first.result() == "did 0"
        return [it.result() for it in rest]


def failing(error: Exception) -> str:
    return f"failed: {error}"


def test_what_arrives_meanwhile_shares_the_next_act() -> None:
    act = Act()
    together = Together(act, failed=failing)
    assert behind_a_first(act, together, 1, 2, 3) == ["did 1", "did 2", "did 3"]
    assert act.groups == [[0], [1, 2, 3]]
    together.close()


@pytest.mark.parametrize(
    ("weigh", "groups"),
    [(lambda _: 1, [[0], [1, 2, 3], [4]]), (lambda item: item, [[0], [1, 2], [3], [4]])],
)
def test_a_group_weighs_no_more_than_it_may(
    weigh: Callable[[int], int], groups: list[list[int]]
) -> None:
    act = Act()
    together = Together(act, failed=failing, most=3, weigh=weigh)
    behind_a_first(act, together, 1, 2, 3, 4)
    assert act.groups == groups
    together.close()


def test_what_is_handed_over_together_stays_together_and_is_answered_at_once() -> None:
    act = Act()
    answers: list[Sequence[str]] = []
    together = Together(act, failed=failing, most=2)
    together.hand_over([1, 2, 3], answers.append)
    wait_for(lambda: answers)
    assert answers == [["did 1", "did 2", "did 3"]]
    together.close()


def test_a_failure_is_the_outcome_of_its_group_and_the_next_goes_on() -> None:
    act = Act()
    together = Together(act, failed=failing)
    assert behind_a_first(act, together, 1, 13) == ["failed: thirteen"] * 2
    assert together.submit(4, 10) == "did 4"
    together.close()


def test_what_takes_too_long_is_told_so() -> None:
    act = Act()
    act.gate.clear()
    together = Together(act, failed=failing)
    with pytest.raises(TimeoutError):
        together.submit(1, 0.01)
    act.gate.set()
    assert together.submit(2, 10) == "did 2"
    together.close()


def test_closing_acts_on_what_waits_and_ends_the_thread() -> None:
    act = Act()
    answers: list[Sequence[str]] = []
    acting: list[threading.Thread] = []
    together = Together(act, failed=failing)
    act.gate.clear()
    together.hand_over([1], lambda _: acting.append(threading.current_thread()))
    together.hand_over([2], answers.append)
    together.close()
    act.gate.set()
    wait_for(lambda: acting and not acting[0].is_alive())
    assert answers == [["did 2"]]
