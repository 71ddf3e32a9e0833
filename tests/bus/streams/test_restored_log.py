"""A log that goes on elsewhere, without its newest events, under who reads and pulls: what comes
after is not passed over, and who had what is lost is told (docs/delivery.md D22, D33)."""

import threading
from collections.abc import Iterator

import pytest
from service_kit.tokens import digest

from bus.model.event import RESYNC
from bus.model.subscription import SubscriptionRequest
from bus.model.topic_filter import filter_of
from bus.storage import Storage
from bus.streams.follower import Follower
from bus.streams.page import Lost, Page, start
from bus.streams.pull import Puller
from bus.streams.query import EventsQuery, LogQuery, log_query
from bus.streams.reader import LogReader, wait_for_page
from bus.streams.sse import page_frames
from tests.bus.conftest import TOKENS
from tests.bus.delivery.pushing import Publish, publishing, urls
from tests.postgres import backup, restore

BIDS = LogQuery((filter_of("bids", 0),))
LONG_MS = 600_000


@pytest.fixture
def url(postgres_database: str) -> str:
    return postgres_database


@pytest.fixture
def publish(storage: Storage) -> Publish:
    return publishing(storage)


@pytest.fixture
def follower(storage: Storage) -> Iterator[Follower]:
    made = Follower(storage.log)
    with made.reading():
        yield made


def lose(url: str, publish: Publish, reader: LogReader) -> None:
    """One event stays; two more are read, and lost."""
    publish("kept")
    with backup(url) as copy:
        publish("lost-1", "lost-2")
        while reader.position < 3:
            assert wait_for_page(reader, 20).events
        restore(url, copy)


def read_on(reader: LogReader, count: int) -> tuple[list[Lost], list[str]]:
    """What comes until there were so many events, and a little more."""
    lost, seen = list[Lost](), list[str]()
    while len(seen) < count:
        page = wait_for_page(reader, 20)
        assert page.is_news
        lost += [page.lost] if page.lost else []
        seen += [event.url for event in page.events]
    return lost, seen


@pytest.mark.parametrize("count", [1, 2, 5])
def test_who_has_read_what_is_lost_is_told_and_gets_all_that_comes_after(
    url: str, storage: Storage, publish: Publish, follower: Follower, count: int
) -> None:
    reader = LogReader(storage.log, follower, BIDS, 0)
    lose(url, publish, reader)
    names = [f"new-{number}" for number in range(count)]
    publish(*names)
    assert read_on(reader, count) == ([Lost(2, 3)], urls(*names))
    assert not wait_for_page(reader, 0).is_news


def test_who_waits_meanwhile_is_told_before_anything_comes(
    url: str, storage: Storage, publish: Publish, follower: Follower
) -> None:
    reader = LogReader(storage.log, follower, BIDS, 0)
    publish("kept")
    with backup(url) as copy:
        publish("lost-1", "lost-2")
        while reader.position < 3:
            assert wait_for_page(reader, 20).events
        woken = threading.Event()
        assert reader.wait(woken.set)
        restore(url, copy)
    publish(*[f"new-{number}" for number in range(5)])
    assert woken.wait(20)
    assert not reader.news().is_news
    lost, seen = read_on(reader, 5)
    assert (lost, len(seen)) == ([Lost(2, 3)], 5)


@pytest.mark.parametrize(("upto", "again_after"), [(1, 1), (3, 3), (9, 3)])
def test_who_comes_again_after_a_resync_passes_over_nothing(upto: int, again_after: int) -> None:
    page = Page((), upto, Lost(2, 3))
    told = b'id: 9f3a2c1b-%d\nevent: resync\ndata: {"from":2,"to":3}\n\n' % again_after
    assert page_frames(page, "9f3a2c1b") == told


@pytest.mark.parametrize("grown", [0, 1, 2, 7])
def test_who_comes_again_with_a_place_of_an_earlier_life_passes_over_nothing(
    url: str, storage: Storage, publish: Publish, follower: Follower, grown: int
) -> None:
    reader = LogReader(storage.log, follower, BIDS, 0)
    before = log_query(EventsQuery(topics="bids", after="beginning"), None)
    lose(url, publish, reader)
    names = [f"new-{number}" for number in range(grown)]
    if names:
        publish(*names)
    place = f"{reader.identity}-{reader.position}"
    asked = log_query(EventsQuery(topics="bids", after=place), None)
    again = LogReader(storage.log, follower, asked, start(storage.log, asked))
    assert wait_for_page(again, 0).lost == Lost(2, 3)
    assert read_on(again, grown) == ([], urls(*names))
    assert again.identity != reader.identity
    assert start(storage.log, before) == 0


def test_who_has_read_nothing_of_it_is_told_nothing(
    url: str, storage: Storage, publish: Publish, follower: Follower
) -> None:
    reader = LogReader(storage.log, follower, BIDS, 0)
    publish("a")
    assert len(wait_for_page(reader, 20).events) == 1
    with backup(url) as copy:
        publish("lost")
        restore(url, copy)
    publish("b", "c")
    assert read_on(reader, 2) == ([], urls("b", "c"))


def test_who_pulled_what_is_lost_is_told_until_it_is_acknowledged(
    url: str, storage: Storage, publish: Publish
) -> None:
    found = storage.clients.find(digest(TOKENS["subscriber"]))
    assert found is not None
    client = found[1].id
    storage.subscriptions.replace(client, SubscriptionRequest(("bids",), concurrency=8), "whsec_a")
    ours = storage.subscriptions.find(client, "default")
    puller = Puller(storage, give_up_ms=1_000_000)
    publish("kept")
    with backup(url) as copy:
        publish("lost-1", "lost-2")
        pulled = puller.pull(ours, None, LONG_MS)
        assert pulled.lease is not None
        assert puller.acknowledge(ours, pulled.lease.id, ()) == 3
        restore(url, copy)
    publish("new-1", "new-2", "new-3")
    seen = list[str]()
    told = list[tuple[int, int]]()
    while len(seen) < 4:
        pulled = puller.pull(ours, 1, LONG_MS)
        assert pulled.lease is not None
        (event,) = pulled.events
        if event.type == RESYNC:
            told.append((event.position, len(seen)))
        else:
            seen.append(event.url)
        puller.acknowledge(ours, pulled.lease.id, ())
    assert told == [(0, 0)]
    assert seen == urls("kept", "new-1", "new-2", "new-3")
    assert puller.pull(ours, None, LONG_MS).lease is None
