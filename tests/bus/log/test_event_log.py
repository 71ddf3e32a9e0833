"""What every event log must do, whatever engine it is made of."""

import dataclasses
import json
import select
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from service_kit.database import connect, write_lock
from service_kit.tokens import digest

from bus.errors import BadData, KeyReused, SchemaChanged, TopicTaken
from bus.model.data_schema import digest_of, text_of
from bus.model.event import Publication, PublishKey
from bus.model.topic import TopicAbout
from bus.storage import EventLog, Storage, open_storage
from tests.bus.clock import FakeClock
from tests.bus.samples import publication

Open = Callable[[], Storage]


@pytest.fixture
def open_again(url: str, clock: FakeClock) -> Iterator[Open]:
    """Opens the same store anew, as another process would."""
    opened: list[Storage] = []

    def opening() -> Storage:
        opened.append(open_storage(url, clock))
        return opened[-1]

    yield opening
    for one in opened:
        one.close()


@pytest.fixture
def store(open_again: Open) -> Storage:
    return open_again()


@pytest.fixture
def log(store: Storage) -> EventLog:
    return store.log


@pytest.fixture
def client(store: Storage) -> int:
    return added(store, "ada")


def added(store: Storage, name: str) -> int:
    store.clients.add_token(name, digest(name))
    found = store.clients.find(digest(name))
    assert found is not None
    return found[1].id


def test_an_empty_log_ends_at_0(log: EventLog) -> None:
    assert log.last_position() == 0
    assert log.read_after(0, None, 10) == []


def test_positions_grow_by_one_in_the_order_of_appending(log: EventLog, client: int) -> None:
    log.append([publication(client, "https://x.example/1", "https://x.example/2")])
    log.append([publication(client, "https://x.example/3", topic="orders")])
    read = log.read_after(0, None, 10)
    assert [(event.position, event.url) for event in read] == [
        (1, "https://x.example/1"),
        (2, "https://x.example/2"),
        (3, "https://x.example/3"),
    ]
    assert log.last_position() == 3


def test_an_event_comes_back_as_it_will_be_sent(
    log: EventLog, client: int, clock: FakeClock
) -> None:
    log.append([publication(client, "https://x.example/1")])
    (event,) = log.read_after(0, ["bids"], 10)
    sent = json.loads(event.body)
    assert sent["url"] == event.url == "https://x.example/1"
    assert (sent["topic"], sent["type"], sent["position"]) == ("bids", "create", 1)
    assert isinstance(sent["id"], str)
    assert event.published_at_ms == clock()


def test_ids_differ_between_events_and_stay(log: EventLog, client: int) -> None:
    log.append([publication(client, "https://x.example/1", "https://x.example/1")])

    def ids() -> list[str]:
        return [json.loads(event.body)["id"] for event in log.read_after(0, None, 10)]

    assert len(set(ids())) == 2
    assert ids() == ids()


def test_what_was_appended_is_there_after_opening_again(open_again: Open) -> None:
    first = open_again()
    first.log.append([publication(added(first, "ada"), "https://x.example/1")])
    assert [event.position for event in open_again().log.read_after(0, None, 10)] == [1]


def test_reading_starts_after_a_position_and_ends_at_the_limit(log: EventLog, client: int) -> None:
    log.append([publication(client, *(f"https://x.example/{n}" for n in range(1, 11)))])
    assert [event.position for event in log.read_after(3, ["bids"], 4)] == [4, 5, 6, 7]
    assert [event.position for event in log.read_after(3, None, 4)] == [4, 5, 6, 7]
    assert log.read_after(10, ["bids"], 4) == []


def test_reading_some_topics_keeps_the_order_of_the_log(log: EventLog, client: int) -> None:
    for topic in ("bids", "orders", "other", "orders", "bids", "other", "orders"):
        log.append([publication(client, "https://x.example/1", topic=topic)])
    assert [event.position for event in log.read_after(0, ["orders", "bids"], 4)] == [1, 2, 4, 5]
    assert [event.position for event in log.read_after(2, ["orders", "bids"], 9)] == [4, 5, 7]
    assert log.read_after(0, ["nothing"], 9) == []
    assert log.read_after(0, [], 9) == []


def test_the_first_publisher_owns_the_topic(store: Storage, log: EventLog, client: int) -> None:
    log.append([publication(client, "https://x.example/1")])
    (refusal,) = log.append([publication(added(store, "eve"), "https://x.example/2")])
    assert isinstance(refusal, TopicTaken)
    assert [event.url for event in log.read_after(0, None, 10)] == ["https://x.example/1"]
    assert [(topic.name, topic.publisher) for topic in store.topics.all()] == [("bids", "ada")]


def test_of_two_claims_in_one_append_the_first_wins(store: Storage, log: EventLog) -> None:
    ada, eve = added(store, "ada"), added(store, "eve")
    answers = log.append(
        [publication(eve, "https://x.example/1"), publication(ada, "https://x.example/2")]
    )
    assert answers[0] is None
    assert isinstance(answers[1], TopicTaken)
    assert [event.url for event in log.read_after(0, None, 10)] == ["https://x.example/1"]


def test_a_refused_publication_leaves_nothing_behind(store: Storage, log: EventLog) -> None:
    ada, eve = added(store, "ada"), added(store, "eve")
    log.append([publication(ada, "https://x.example/1")])
    log.append([publication(eve, "https://x.example/2", "https://x.example/3")])
    log.append([publication(ada, "https://x.example/4")])
    assert [event.position for event in log.read_after(0, None, 10)] == [1, 2]
    assert store.topics.all()[0].events == 2


def test_appends_from_many_threads_leave_no_gap(log: EventLog, client: int) -> None:
    def append_some() -> None:
        for _ in range(20):
            log.append([publication(client, "https://x.example/1", "https://x.example/2")])

    threads = [threading.Thread(target=append_some) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [event.position for event in log.read_after(0, None, 500)] == list(range(1, 201))


def test_a_reader_that_follows_sees_every_position_once(open_again: Open) -> None:
    store = open_again()
    client, writer = added(store, "ada"), open_again()
    done = threading.Event()

    def append_some() -> None:
        for _ in range(100):
            writer.log.append([publication(client, "https://x.example/1")])
        done.set()

    thread = threading.Thread(target=append_some)
    thread.start()
    seen: list[int] = []
    while not done.is_set() or seen[-1:] != [store.log.last_position()]:
        seen += [event.position for event in store.log.read_after(len(seen), None, 10)]
    thread.join(10)
    assert seen == list(range(1, 101))


def test_a_listener_hears_what_another_appends(open_again: Open) -> None:
    """Here and on other machines: both ways tell how far the log reaches, one with the events."""
    store = open_again()
    client, writer = added(store, "ada"), open_again()
    listener = store.log.listener()
    listener.fileno()
    listener.take()
    writer.log.append([publication(client, "https://x.example/1")])
    assert select.select([listener], [], [], 10)[0]
    (news, *_) = listener.take() or ()
    events, fence = store.log.read_fenced(0, None, 10)
    assert news == (store.log.identity, 1, fence.registry_version, events)
    listener.close()


def test_an_append_that_needs_to_wait_for_nobody_is_made_at_once(
    open_again: Open, url: str
) -> None:
    """On SQLite in a file; elsewhere there is always a server to wait for."""
    log, client = open_again().log, added(open_again(), "ada")
    one = publication(client, "https://x.example/1")
    if not url.startswith("sqlite"):
        assert (log.append_if_free([one]), log.last_position()) == (None, 0)
        return
    with write_lock(connect(url)):
        assert log.append_if_free([one]) is None
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as who_does_not_queue:
        who_does_not_queue.execute("BEGIN IMMEDIATE")
        assert log.append_if_free([one]) is None
    assert log.append_if_free([one]) == [None]
    assert [event.position for event in log.read_after(0, None, 10)] == [1]


def test_trimming_forgets_the_old_and_keeps_positions_growing(log: EventLog, client: int) -> None:
    log.append([publication(client, *(f"https://x.example/{n}" for n in range(1, 6)))])
    assert log.trim(before=4) == 3
    assert [event.position for event in log.read_after(0, None, 10)] == [4, 5]
    log.trim(before=100)
    log.append([publication(client, "https://x.example/6")])
    assert log.last_position() == 6


def keyed(client_id: int, fingerprint: bytes, key: str = "k-1") -> Publication:
    """A publication with an idempotency key."""
    plain = publication(client_id, "https://x.example/1")
    return dataclasses.replace(plain, key=PublishKey(key, fingerprint))


def test_a_key_stores_its_events_once(store: Storage, log: EventLog, client: int) -> None:
    assert log.append([keyed(client, b"a")]) == [None]
    assert log.append([keyed(client, b"a"), keyed(client, b"a")]) == [None, None]
    assert log.append([keyed(client, b"b", "k-2"), keyed(client, b"b", "k-2")]) == [None, None]
    assert log.last_position() == 2
    assert store.topics.all()[0].events == 2


def test_a_key_with_other_events_is_refused(log: EventLog, client: int) -> None:
    log.append([keyed(client, b"a")])
    (refusal,) = log.append([keyed(client, b"b")])
    assert isinstance(refusal, KeyReused)
    assert log.last_position() == 1


def test_a_key_belongs_to_its_client(store: Storage, log: EventLog, client: int) -> None:
    log.append([keyed(client, b"a")])
    eves = dataclasses.replace(keyed(added(store, "eve"), b"b"), topic="eves")
    assert log.append([eves]) == [None]
    assert log.last_position() == 2


def test_a_refused_publication_does_not_use_up_its_key(
    store: Storage, log: EventLog, client: int
) -> None:
    log.append([publication(client, "https://x.example/1")])
    eve = added(store, "eve")
    assert isinstance(log.append([keyed(eve, b"a")])[0], TopicTaken)
    assert log.append([dataclasses.replace(keyed(eve, b"b"), topic="eves")]) == [None]


def test_a_key_is_forgotten_after_a_day(log: EventLog, client: int, clock: FakeClock) -> None:
    log.append([keyed(client, b"a")])
    clock.forward(24 * 60 * 60 * 1000 - 1)
    log.append([keyed(client, b"a")])
    assert log.last_position() == 1
    clock.forward(1)
    assert log.append([keyed(client, b"b")]) == [None]
    assert log.last_position() == 2


def test_the_first_position_moves_with_trimming(log: EventLog, client: int) -> None:
    assert log.first_position() == 0
    log.append([publication(client, *(f"https://x.example/{n}" for n in range(1, 6)))])
    assert log.first_position() == 1
    log.trim(before=4)
    assert log.first_position() == 4


def test_many_publications_of_many_topics_share_a_transaction(
    store: Storage, log: EventLog, client: int
) -> None:
    group = [
        publication(client, f"https://x.example/{n}", topic=f"t_{'abc'[n % 3]}") for n in range(300)
    ]
    assert log.append(group) == [None] * 300
    assert [event.position for event in log.read_after(0, None, 999)] == list(range(1, 301))
    assert [(topic.name, topic.events) for topic in store.topics.all()] == [
        ("t_a", 100),
        ("t_b", 100),
        ("t_c", 100),
    ]


def test_marks_tell_when_a_place_was_filled_and_how_much_is_up_to_it(
    log: EventLog, client: int, clock: FakeClock
) -> None:
    assert log.point_at(0) is None
    log.append([publication(client, "https://x.example/1")])
    clock.forward(5)
    log.append([publication(client, "https://x.example/2", "https://x.example/3")])
    sizes = [len(event.body) for event in log.read_after(0, None, 9)]
    assert log.point_at(0) == log.point_at(1) == (1, clock() - 5, sizes[0])
    assert log.point_at(3) == (3, clock(), sum(sizes))
    assert log.point_at(4) is None


def test_old_keys_can_be_forgotten(log: EventLog, client: int, clock: FakeClock) -> None:
    log.append([keyed(client, b"a")])
    log.forget_keys(clock() - 1)
    assert isinstance(log.append([keyed(client, b"b")])[0], KeyReused)
    log.forget_keys(clock())
    assert log.append([keyed(client, b"b")]) == [None]


def test_events_that_were_judged_by_another_schema_are_not_stored(
    store: Storage, log: EventLog, client: int
) -> None:
    schema = {"type": "null"}
    unjudged = publication(client, "https://x.example/1")
    judged = dataclasses.replace(unjudged, schema_digest=digest_of(text_of(schema)))
    refused = dataclasses.replace(judged, refusal=BadData("no", pointer="/data"))
    assert kinds(log, judged, unjudged) == [SchemaChanged, type(None)]
    store.topics.claim(["bids"], client, TopicAbout(schema=schema))
    assert kinds(log, unjudged, judged, refused) == [SchemaChanged, type(None), BadData]
    store.topics.claim(["bids"], client, TopicAbout(schema=None))
    assert kinds(log, judged, unjudged) == [SchemaChanged, type(None)]
    store.topics.claim(["bids"], client, TopicAbout(schema=schema))
    store.topics.delete("bids", client)
    assert kinds(log, unjudged) == [type(None)]
    assert log.last_position() == 4


def test_a_stranger_hears_whose_topic_it_is_and_a_repetition_is_one_whatever_the_schema(
    store: Storage, log: EventLog, client: int
) -> None:
    keyed = dataclasses.replace(
        publication(client, "https://x.example/1"), key=PublishKey("k", b"same")
    )
    assert kinds(log, keyed) == [type(None)]
    store.topics.claim(["bids"], client, TopicAbout(schema={"type": "null"}))
    stranger = publication(added(store, "eve"), "https://x.example/1")
    assert kinds(log, keyed, stranger) == [type(None), TopicTaken]
    assert log.last_position() == 1


def kinds(log: EventLog, *some: Publication) -> list[type]:
    return [type(answer) for answer in log.append(some)]
