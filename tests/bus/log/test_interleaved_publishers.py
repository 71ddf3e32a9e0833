"""Two publishers commit in the other order than they began: no reader may pass the one between."""

import threading
from collections.abc import Iterator

import psycopg
import pytest
from service_kit.tokens import digest

from bus.model.event import LogEvent
from bus.storage import Storage, open_storage
from tests.bus.clock import FakeClock
from tests.bus.samples import publication
from tests.waiting import wait_for


@pytest.fixture
def url(postgres_database: str) -> str:
    return postgres_database


@pytest.fixture
def other(url: str, clock: FakeClock) -> Iterator[Storage]:
    """A second process."""
    opened = open_storage(url, clock)
    yield opened
    opened.close()


def client(storage: Storage) -> int:
    storage.clients.add_token("ada", digest("ada"))
    return storage.clients.find(digest("ada"))[1].id


def test_a_naive_read_after_the_cursor_skips_what_commits_late(url: str) -> None:
    """Why appends hold a lock: the same interleaving with nothing but a sequence."""
    with (
        psycopg.connect(url) as first,
        psycopg.connect(url) as second,
        psycopg.connect(url, autocommit=True) as reader,
    ):
        reader.execute("CREATE TABLE naive (position bigserial PRIMARY KEY, name text)")

        def read_after(cursor: int) -> list[tuple[int, str]]:
            wanted = "SELECT position, name FROM naive WHERE position > %s ORDER BY position"
            return reader.execute(wanted, (cursor,)).fetchall()

        first.execute("INSERT INTO naive (name) VALUES ('first')")
        second.execute("INSERT INTO naive (name) VALUES ('second')")
        second.commit()
        assert read_after(0) == [(2, "second")]
        first.commit()
        assert read_after(2) == []  # the cursor is at 2, and 'first' is lost for good


def test_a_reader_that_follows_the_log_does_not_skip_what_commits_late(
    url: str, storage: Storage, other: Storage
) -> None:
    """The slow one began first; the quick one may be done before it, or wait for it."""
    ada, reader = client(storage), Reader(other)
    for topic in ("slow", "quick"):
        storage.log.append([publication(ada, "https://x.example/0", topic=topic)])
    assert reader.look() == ["slow", "quick"]
    with psycopg.connect(url) as gate, psycopg.connect(url, autocommit=True) as monitor:
        gate.execute("SELECT 1 FROM topics WHERE name = 'slow' FOR UPDATE")
        slow = appending(storage, ada, "slow")
        wait_for(lambda: waiting(monitor) == 1, what="the slow one is in its transaction")
        quick = appending(other, ada, "quick")
        wait_for(lambda: waiting(monitor) == 2 or not quick.is_alive())
        early = reader.look()
        gate.commit()
    slow.join(10)
    quick.join(10)
    assert sorted(early + reader.look()) == ["quick", "slow"]
    assert reader.cursor == other.log.last_position()


def test_readers_that_follow_many_publishers_miss_nothing(
    url: str, storage: Storage, clock: FakeClock
) -> None:
    ada = client(storage)
    publishers = [open_storage(url, clock) for _ in range(4)]

    def append_some(one: Storage, topic: str) -> None:
        for number in range(50):
            one.log.append([publication(ada, f"https://x.example/{number}", topic=topic)])

    threads = [
        threading.Thread(target=append_some, args=(one, "abcd"[cursor]))
        for cursor, one in enumerate(publishers)
    ]
    for thread in threads:
        thread.start()
    all_topics: list[LogEvent] = []
    two_topics: list[LogEvent] = []
    cursor = 0
    while any(thread.is_alive() for thread in threads) or len(all_topics) < 200:
        all_topics += storage.log.read_after(len(all_topics), None, 7)
        two_topics += (found := storage.log.read_after(cursor, ["a", "c"], 7))
        cursor = found[-1].position if found else cursor
    for one in publishers:
        one.close()
    two_topics += storage.log.read_after(cursor, ["a", "c"], 200)
    assert [event.position for event in all_topics] == list(range(1, 201))
    assert two_topics == [event for event in all_topics if event.topic in "ac"]


class Reader:
    """Reads what is after its cursor, and moves that to the last event it saw."""

    def __init__(self, storage: Storage) -> None:
        self._log = storage.log
        self.cursor = 0

    def look(self) -> list[str]:
        """The topics of what is new."""
        found = self._log.read_after(self.cursor, None, 10)
        self.cursor = max([self.cursor, *(event.position for event in found)])
        assert self._log.last_position() <= self.cursor
        return [event.topic for event in found]


def appending(storage: Storage, client_id: int, topic: str) -> threading.Thread:
    event = publication(client_id, "https://x.example/1", topic=topic)
    thread = threading.Thread(target=storage.log.append, args=([event],), daemon=True)
    thread.start()
    return thread


def waiting(monitor: psycopg.Connection[tuple[int]]) -> int:
    """How many sessions of this database wait for a lock."""
    row = monitor.execute(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    ).fetchone()
    return row[0] if row else 0
