import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence

import pytest

from bus.errors import BusError, TopicTaken, Unavailable
from bus.model.event import Publication
from bus.publish.group_commit import Committer, LoopCommitter
from tests.bus.publish.test_group_commit import Log, publication
from tests.loops import in_a_loop

Work = Callable[[LoopCommitter], Awaitable[Sequence[BusError | None]]]


def run(log: Log, work: Work, timeout_s: float = 15) -> Sequence[BusError | None]:
    async def inside() -> Sequence[BusError | None]:
        return await work(LoopCommitter(Committer(log.append), timeout_s))

    return in_a_loop(inside())


def together(*publications: Publication) -> Work:
    async def work(committer: LoopCommitter) -> Sequence[BusError | None]:
        return await asyncio.gather(*map(committer.commit, publications))

    return work


def test_what_arrives_in_one_turn_shares_a_transaction() -> None:
    log = Log()
    assert run(log, together(*[publication("a")] * 64)) == [None] * 64
    assert log.groups == [["a"] * 64]


def test_a_transaction_holds_at_most_a_thousand_events_here_too() -> None:
    log = Log()
    run(log, together(*[publication("a", 400)] * 5))
    assert [len(group) for group in log.groups] == [2, 2, 1]


def test_one_call_of_a_thousand_events_stays_together() -> None:
    log = Log()
    run(log, together(publication("a"), publication("b", 1_000), publication("c")))
    assert log.groups == [["a"], ["b"], ["c"]]


def test_each_hears_its_own_outcome() -> None:
    outcomes = run(Log(), together(publication("a"), publication("taken"), publication("b")))
    assert outcomes[0] is outcomes[2] is None
    assert isinstance(outcomes[1], TopicTaken)


def test_a_failed_transaction_is_unavailable_for_all_of_it() -> None:
    outcomes = run(Log(), together(publication("a"), publication("broken")))
    assert [type(outcome) for outcome in outcomes] == [Unavailable, Unavailable]


def test_a_log_that_hangs_is_unavailable_and_the_late_answer_harms_nobody() -> None:
    log = Log()
    log.gate.clear()

    async def work(committer: LoopCommitter) -> Sequence[BusError | None]:
        late = await committer.commit(publication("a"))
        log.gate.set()
        return [late, await committer.commit(publication("b"))]

    late, next_one = run(log, work, timeout_s=0.1)
    assert isinstance(late, Unavailable)
    assert next_one is None


def test_a_caller_that_hangs_up_does_not_disturb_the_others() -> None:
    async def work(committer: LoopCommitter) -> Sequence[BusError | None]:
        gone, stays = committer.commit(publication("a")), committer.commit(publication("b"))
        gone.cancel()
        return [await stays]

    assert run(Log(), work) == [None]


def test_a_loop_that_ended_before_the_answer_does_not_stop_the_committer() -> None:
    log = Log()
    log.gate.clear()
    committer = Committer(log.append)

    async def leave() -> None:
        LoopCommitter(committer).commit(publication("a"))
        while not log.groups:
            await asyncio.sleep(0)

    in_a_loop(leave())
    log.gate.set()
    committer.commit(publication("b"))
    assert log.groups == [["a"], ["b"]]


@pytest.mark.parametrize("events", [1, 1_000])
def test_a_lone_publication_is_committed_at_once(events: int) -> None:
    assert run(Log(), together(publication("a", events))) == [None]


def test_a_thousand_events_of_several_calls_fit_and_one_more_does_not() -> None:
    log = Log()
    run(log, together(publication("a", 500), publication("b", 500), publication("c")))
    assert log.groups == [["a", "b"], ["c"]]


def test_a_lone_publication_is_committed_in_the_loop_where_nobody_else_writes() -> None:
    threads: list[threading.Thread] = []

    def append_if_free(publications: Sequence[Publication]) -> Sequence[BusError | None]:
        threads.append(threading.current_thread())
        return [None] * len(publications)

    async def work() -> None:
        committer = LoopCommitter(Committer(Log().append, append_if_free))
        assert await committer.commit(publication("a")) is None
        assert threads == [threading.current_thread()]

    in_a_loop(work())


@pytest.mark.parametrize("together", [1, 2])
def test_the_thread_commits_where_others_write_or_several_come_together(together: int) -> None:
    log = Log()
    asked: list[int] = []

    def append_if_free(publications: Sequence[Publication]) -> None:
        asked.append(len(publications))

    async def work() -> None:
        committer = LoopCommitter(Committer(log.append, append_if_free))
        some = [committer.commit(publication("a")) for _ in range(together)]
        assert await asyncio.gather(*some) == [None] * together

    in_a_loop(work())
    assert (asked, log.groups) == ([1] * (together == 1), [["a"] * together])


def test_what_the_log_refuses_or_fails_at_in_the_loop_is_answered_like_elsewhere() -> None:
    log = Log()

    async def work() -> Sequence[BusError | None]:
        committer = LoopCommitter(Committer(log.append, log.append))
        return [await committer.commit(publication(topic)) for topic in ("taken", "broken")]

    taken, broken = in_a_loop(work())
    assert isinstance(taken, TopicTaken)
    assert isinstance(broken, Unavailable)


def test_a_loop_that_a_slow_disk_has_held_up_leaves_it_to_the_thread() -> None:
    log = Log()
    log.gate.clear()
    threading.Timer(0.05, log.gate.set).start()

    def append_if_free(publications: Sequence[Publication]) -> Sequence[BusError | None]:
        here.append(len(publications))
        return log.append(publications)

    here: list[int] = []

    async def work() -> None:
        committer = LoopCommitter(Committer(log.append, append_if_free))
        for _ in range(3):
            await committer.commit(publication("a"))

    in_a_loop(work())
    assert (here, len(log.groups)) == ([1], 3)


def test_who_comes_first_of_a_crowd_is_not_committed_before_the_rest() -> None:
    log, here = Log(), Log()

    async def work() -> None:
        committer = LoopCommitter(Committer(log.append, here.append))
        for topics in ("a", "bc", "d"):
            await asyncio.gather(*(committer.commit(publication(topic)) for topic in topics))

    in_a_loop(work())
    assert (here.groups, log.groups) == ([["a"]], [["b", "c"], ["d"]])
