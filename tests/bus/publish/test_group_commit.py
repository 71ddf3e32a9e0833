import threading
from collections.abc import Sequence

import pytest

from bus.errors import BusError, TopicTaken, Unavailable
from bus.model.event import NewEvent, Publication
from bus.publish.group_commit import MAX_EVENTS, Committer
from tests.waiting import wait_for


def publication(topic: str, events: int = 1) -> Publication:
    return Publication(topic, 1, [NewEvent("create", "https://x.example/1", b"{")] * events)


class Log:
    """Takes groups of publications; its gate holds a transaction open."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.gate = threading.Event()
        self.gate.set()

    def append(self, publications: Sequence[Publication]) -> Sequence[BusError | None]:
        self.groups.append([one.topic for one in publications])
        self.gate.wait(10)
        if any(one.topic == "broken" for one in publications):
            raise OSError("disk full")
        return [TopicTaken("no") if one.topic == "taken" else None for one in publications]


def in_threads(committer: Committer, publications: list[Publication]) -> list[threading.Thread]:
    threads = [
        threading.Thread(target=committer.commit, args=(one,), daemon=True) for one in publications
    ]
    for thread in threads:
        thread.start()
    return threads


def test_commit_returns_only_after_the_append() -> None:
    log = Log()
    log.gate.clear()
    committer = Committer(log.append)
    (thread,) = in_threads(committer, [publication("a")])
    wait_for(lambda: log.groups)
    assert thread.is_alive()
    log.gate.set()
    thread.join(10)
    assert not thread.is_alive()


def waiting_behind_a_first(log: Log, committer: Committer, more: list[Publication]) -> None:
    log.gate.clear()
    threads = in_threads(committer, [publication("first")])
    wait_for(lambda: log.groups)
    threads += in_threads(committer, more)
    wait_for(lambda: committer._group_commit._waiting.qsize() == len(more))
    log.gate.set()
    for thread in threads:
        thread.join(10)


def test_what_waits_together_shares_a_transaction() -> None:
    log = Log()
    waiting_behind_a_first(log, Committer(log.append), [publication("a") for _ in range(20)])
    assert log.groups == [["first"], ["a"] * 20]


def test_a_transaction_holds_at_most_a_thousand_events() -> None:
    log = Log()
    more = [publication("a", MAX_EVENTS // 2) for _ in range(5)]
    waiting_behind_a_first(log, Committer(log.append), more)
    assert [len(group) for group in log.groups] == [1, 2, 2, 1]


def test_a_refusal_reaches_its_own_caller_only() -> None:
    committer = Committer(Log().append)
    with pytest.raises(TopicTaken):
        committer.commit(publication("taken"))
    committer.commit(publication("a"))


def test_a_failed_transaction_is_unavailable_and_the_next_one_works() -> None:
    committer = Committer(Log().append)
    with pytest.raises(Unavailable):
        committer.commit(publication("broken"))
    committer.commit(publication("a"))


def test_a_log_that_hangs_is_unavailable() -> None:
    log = Log()
    log.gate.clear()
    with pytest.raises(Unavailable, match="in time"):
        Committer(log.append).commit(publication("a"), timeout_s=0.05)
    log.gate.set()
