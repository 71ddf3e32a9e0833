"""Group commit: what waits together is acted on together."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from service_kit.group_commit import GroupCommit

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


def behind_a_first(act: Act, group_commit: "GroupCommit[int, str]", *items: int) -> list[str]:
    """What becomes of items that all wait while a first one is acted on."""
    act.gate.clear()
    with ThreadPoolExecutor(len(items) + 1) as pool:
        first = pool.submit(group_commit.submit, 0, 10)
        wait_for(lambda: act.groups)
        rest: list[Future[str]] = []
        for item in items:
            rest.append(pool.submit(group_commit.submit, item, 10))
            wait_for(lambda: group_commit._waiting.qsize() == len(rest))
        act.gate.set()
        assert first.result() == "did 0"
        return [it.result() for it in rest]


def failing(error: Exception) -> str:
    return f"failed: {error}"


def test_what_arrives_meanwhile_shares_the_next_act() -> None:
    act = Act()
    group_commit = GroupCommit(act, failed=failing)
    assert behind_a_first(act, group_commit, 1, 2, 3) == ["did 1", "did 2", "did 3"]
    assert act.groups == [[0], [1, 2, 3]]
    group_commit.close()


@pytest.mark.parametrize(
    ("weigh", "groups"),
    [(lambda _: 1, [[0], [1, 2, 3], [4]]), (lambda item: item, [[0], [1, 2], [3], [4]])],
)
def test_a_group_weighs_no_more_than_it_may(
    weigh: Callable[[int], int], groups: list[list[int]]
) -> None:
    act = Act()
    group_commit = GroupCommit(act, failed=failing, most=3, weigh=weigh)
    behind_a_first(act, group_commit, 1, 2, 3, 4)
    assert act.groups == groups
    group_commit.close()


def test_what_is_handed_over_together_stays_together_and_is_answered_at_once() -> None:
    act = Act()
    answers: list[Sequence[str]] = []
    group_commit = GroupCommit(act, failed=failing, most=2)
    group_commit.hand_over([1, 2, 3], answers.append)
    wait_for(lambda: answers)
    assert answers == [["did 1", "did 2", "did 3"]]
    group_commit.close()


def test_what_nobody_waits_for_any_more_is_not_begun() -> None:
    """While a store hangs, callers give up and come again: what they gave up must not pile up."""
    act = Act()
    group_commit = GroupCommit(act, failed=failing, most=2)
    act.gate.clear()
    answers: list[Sequence[str]] = []
    group_commit.hand_over([0], answers.append)
    wait_for(lambda: act.groups)
    for item in range(1, 9):
        with pytest.raises(TimeoutError):
            group_commit.submit(item, 0.01)
    act.gate.set()
    wait_for(group_commit._waiting.empty)
    assert group_commit.submit(9, 10) == "did 9"
    assert (act.groups, answers) == ([[0], [9]], [["did 0"]])
    group_commit.close()


def test_a_failure_is_the_outcome_of_its_group_and_the_next_goes_on() -> None:
    act = Act()
    group_commit = GroupCommit(act, failed=failing)
    assert behind_a_first(act, group_commit, 1, 13) == ["failed: thirteen"] * 2
    assert group_commit.submit(4, 10) == "did 4"
    group_commit.close()


def test_what_takes_too_long_is_told_so() -> None:
    act = Act()
    act.gate.clear()
    group_commit = GroupCommit(act, failed=failing)
    with pytest.raises(TimeoutError):
        group_commit.submit(1, 0.01)
    act.gate.set()
    assert group_commit.submit(2, 10) == "did 2"
    group_commit.close()


def test_closing_acts_on_what_waits_and_ends_the_thread() -> None:
    act = Act()
    answers: list[Sequence[str]] = []
    acting: list[threading.Thread] = []
    group_commit = GroupCommit(act, failed=failing)
    act.gate.clear()
    group_commit.hand_over([1], lambda _: acting.append(threading.current_thread()))
    group_commit.hand_over([2], answers.append)
    group_commit.close()
    act.gate.set()
    wait_for(lambda: acting and not acting[0].is_alive())
    assert answers == [["did 2"]]


def test_a_hundred_share_an_act_unless_said_otherwise() -> None:
    act = Act()
    act.gate.clear()
    answered: list[Sequence[str]] = []
    group_commit = GroupCommit(act, failed=failing)
    group_commit.hand_over([0], answered.append)
    wait_for(lambda: act.groups)
    for number in range(1, 102):
        group_commit.hand_over([number], answered.append)
    act.gate.set()
    wait_for(lambda: len(answered) == 102)
    assert [len(group) for group in act.groups] == [1, 100, 1]
    group_commit.close()
