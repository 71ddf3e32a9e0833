"""Who waits at the end of the log is woken by what it wants, on each engine."""

import select
import threading
from dataclasses import replace

import pytest
from service_kit.tokens import digest

from bus.model.topic_filter import filter_of
from bus.storage import Storage, open_storage
from bus.streams.follower import AT_ONCE, Follower, Waiting
from bus.streams.query import LogQuery
from bus.streams.reader import LogReader, wait_for_page
from tests.bus.clock import FakeClock
from tests.bus.conftest import TOKENS
from tests.bus.samples import publication
from tests.waiting import PATIENCE_S, wait_for

BIDS = LogQuery((filter_of("bids", 0),))


@pytest.fixture
def publisher(storage: Storage) -> int:
    found = storage.clients.find(digest(TOKENS["publisher"]))
    assert found is not None
    return found[1].id


def append(storage: Storage, publisher: int, topic: str, number: int) -> None:
    one = publication(publisher, f"https://x.example/{number}", topic=topic)
    assert storage.log.append([one]) == [None]


def test_it_wakes_who_wants_what_came_and_nobody_else(storage: Storage, publisher: int) -> None:
    follower = Follower(storage.log)
    with follower.reading():
        woken, other = threading.Event(), threading.Event()
        waiting = follower.wait(BIDS, 0, woken.set)
        elsewhere = follower.wait(LogQuery((filter_of("offers", 0),)), 0, other.set)
        assert waiting
        assert elsewhere
        append(storage, publisher, "bids", 1)
        assert woken.wait(10)
        page = follower.news(waiting)
        assert [event.position for event in page.events] == [1]
        assert page.position == 1
        assert not other.is_set()
        assert follower.news(elsewhere).position == 1


def test_who_is_behind_is_told_to_read(storage: Storage, publisher: int) -> None:
    append(storage, publisher, "bids", 1)
    follower = Follower(storage.log)
    with follower.reading():
        assert follower.wait(BIDS, 0, lambda: None) is None


def test_a_reader_gets_everything_once_and_in_order(storage: Storage, publisher: int) -> None:
    follower = Follower(storage.log)

    def publish() -> None:
        for number in range(100):
            append(storage, publisher, "offers" if number % 3 else "bids", number)

    with follower.reading():
        reader, seen = LogReader(storage.log, follower, BIDS, 0), list[int]()
        publishing = threading.Thread(target=publish)
        publishing.start()
        while len(seen) < 34:
            page = wait_for_page(reader, 20)
            assert page.events
            seen += [event.position for event in page.events]
        publishing.join()
    assert seen == list(range(1, 101, 3))


def test_a_pusher_hears_of_what_is_appended_all_the_same(storage: Storage, publisher: int) -> None:
    listener = storage.log.listener()
    listener.fileno()
    listener.take()
    follower = Follower(storage.log)
    with follower.reading():
        woken = threading.Event()
        assert follower.wait(BIDS, 0, woken.set)
        append(storage, publisher, "bids", 1)
        assert select.select([listener], [], [], 10)[0]
        assert woken.wait(10)
    listener.close()


def test_a_log_is_not_closed_under_who_looks_at_its_end(sqlite_file: str, clock: FakeClock) -> None:
    storage = open_storage(sqlite_file, clock)
    follower, others = Follower(storage.log), set(threading.enumerate())
    follower.join()
    (looking,) = set(threading.enumerate()) - others
    storage.close()
    looking.join(PATIENCE_S)
    assert not looking.is_alive()


def wait(follower: Follower, pattern: str, position: int) -> tuple[Waiting, threading.Event]:
    woken = threading.Event()
    query = LogQuery((filter_of(pattern, 0),), limit=AT_ONCE)
    waiting = follower.wait(query, position, woken.set)
    assert waiting
    return waiting, woken


def test_when_more_comes_than_is_read_at_once_nobody_is_left_behind_the_end(
    storage: Storage, publisher: int
) -> None:
    follower = Follower(storage.log)
    with follower.reading():
        first, told = wait(follower, "bids", 0)
        beyond, _ = wait(follower, "bids", AT_ONCE + 10)
        other, kept_asleep = wait(follower, "offers", 0)
        one = publication(publisher, *[f"https://x.example/{n}" for n in range(AT_ONCE + 10)])
        assert storage.log.append([one]) == [None]
        assert told.wait(10)
        assert follower.news(first).position == AT_ONCE
        assert not follower.is_at_end(AT_ONCE)
        assert follower.wait(BIDS, AT_ONCE, lambda: None) is None
        assert follower.is_at_end(AT_ONCE + 10)
        assert not kept_asleep.is_set()
        assert follower.news(other).position == AT_ONCE + 10
        append(storage, publisher, "bids", 1)
        wait_for(lambda: follower.is_at_end(AT_ONCE + 11), what="the next look")
        assert [event.position for event in follower.news(beyond).events] == [AT_ONCE + 11]


def test_what_one_has_read_the_next_recalls(storage: Storage, publisher: int) -> None:
    one = publication(publisher, *[f"https://x.example/{n}" for n in range(30)])
    assert storage.log.append([one]) == [None]
    follower, few = Follower(storage.log), replace(BIDS, limit=10)
    first, second = (LogReader(storage.log, follower, few, 0) for _ in range(2))
    assert second.recall() is None
    first.read()
    page = second.recall()
    assert page
    assert [event.position for event in page.events] == list(range(1, 11))
    assert second.position == 10
