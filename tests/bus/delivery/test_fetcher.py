"""What is read for whoever is behind: its snapshot, its queue, or the log, and how much of it."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from bus.delivery.consumer import Consumer
from bus.delivery.fetcher import Fetcher
from bus.delivery.terms import Terms
from bus.log.event_log import ReadFence
from bus.model.coalescing import EntityPosition
from bus.model.delivery import Cursor, EndpointHealth
from bus.model.event import LogEvent
from tests.bus.clock import START_MS
from tests.bus.samples import held, log_event

TERMS = Terms(lambda: "log", 1, lambda: 1.0)


@dataclass
class Store:
    """A log in memory that begins at `first`, and a snapshot; `asked` are the limits of reads."""

    events: list[LogEvent] = field(default_factory=list)
    snapshot: list[LogEvent] = field(default_factory=list)
    entities: list[EntityPosition] = field(default_factory=list)
    first: int = 1
    is_outdated: bool = False
    asked: list[int] = field(default_factory=list)
    seen: int = 0

    def read_fence(self) -> ReadFence:
        return ReadFence(1, self.first)

    def is_current(self, _: ReadFence) -> bool:
        return not self.is_outdated

    def read_fenced(
        self, position: int, _topics: Collection[str] | None, limit: int
    ) -> tuple[list[LogEvent], ReadFence]:
        self.asked.append(limit)
        left = [one for one in self.events if one.position > position]
        return [one for one in left if one.position >= self.first][:limit], self.read_fence()

    def read_after(self, _subscription_id: int, position: int, limit: int) -> list[LogEvent]:
        self.asked.append(limit)
        return [one for one in self.snapshot if one.position > position][:limit]

    def after(
        self, position: int, _topics: Collection[str] | None, limit: int
    ) -> Sequence[EntityPosition]:
        return [one for one in self.entities if one[3] > position][:limit]

    def at(self, positions: Sequence[int]) -> list[LogEvent]:
        self.asked.append(len(positions))
        there = [one for one in self.events if one.position >= self.first]
        return [one for one in there if one.position in positions]


def fetcher(store: Store) -> Fetcher:
    parts: Any = SimpleNamespace(leases=store, snapshots=store, entity_index=store, log=store)
    return Fetcher(parts, store, store, lambda: START_MS)


def log_of(count: int) -> list[LogEvent]:
    return [log_event(position) for position in range(1, count + 1)]


def waiting(consumer: Consumer) -> list[int]:
    return [event.position for event in consumer.backlog.events]


def lost(consumer: Consumer) -> list[dict[str, int]]:
    told = [json.loads(one.body) for one in consumer.backlog.events if one.type == "resync"]
    return [one["data"] for one in told]


def test_each_read_asks_for_more_until_there_is_no_more() -> None:
    store = Store(log_of(250))
    consumer, reader = Consumer(held(max_events=10), TERMS), fetcher(store)
    for asked, read_upto in ((10, 10), (20, 30), (40, 70), (80, 150)):
        assert reader.fill(consumer) is False
        assert (store.asked[-1], consumer.backlog.read_upto) == (asked, read_upto)
    assert consumer.backlog.at_tail is False
    assert reader.fill(consumer) is False
    assert (store.asked[-1], consumer.backlog.read_upto) == (160, 250)
    assert (consumer.backlog.at_tail, waiting(consumer)) == (True, list(range(1, 251)))


def test_what_was_seen_of_the_log_before_it_was_read_to_its_end_is_read() -> None:
    store = Store(log_of(2), seen=7)
    consumer = Consumer(held(), TERMS)
    fetcher(store).fill(consumer)
    assert (consumer.backlog.read_upto, consumer.backlog.at_tail) == (7, True)


def test_while_somebody_else_is_wanted_a_thousand_are_read_at_once() -> None:
    searching = EndpointHealth(failures=1, tried_upto=1, bisect_limit=1, skip_upto=1)
    store = Store(log_of(5))
    fetcher(store).fill(Consumer(held(health=searching), TERMS))
    assert store.asked == [1_000]


def test_nothing_is_handed_out_before_what_has_changed_is_known() -> None:
    store = Store(log_of(5), is_outdated=True)
    consumer, reader = Consumer(held(), TERMS), fetcher(store)
    assert reader.fill(consumer) is True
    assert (waiting(consumer), consumer.backlog.read_upto) == ([], 0)
    consumer.backlog.queue = [2]
    assert reader.fill(consumer) is True
    assert (waiting(consumer), consumer.backlog.queue) == ([], [2])


def test_whoever_wants_no_topic_reads_nothing_and_is_at_the_end() -> None:
    store = Store(log_of(5), seen=5)
    consumer = Consumer(held(filters=()), TERMS)
    assert fetcher(store).fill(consumer) is False
    assert (store.asked, waiting(consumer), consumer.backlog.at_tail) == ([], [], True)


@pytest.mark.parametrize(
    ("first", "told"), [(3, []), (4, [{"from": 3, "to": 3}]), (6, [{"from": 3, "to": 5}])]
)
def test_whoever_stands_before_the_beginning_of_the_log_is_told_what_is_lost(
    first: int, told: list[dict[str, int]]
) -> None:
    store = Store(log_of(8), first=first)
    consumer = Consumer(held(Cursor(2, 2)), TERMS)
    fetcher(store).fill(consumer)
    assert lost(consumer) == told
    read = [one.position for one in consumer.backlog.events if one.type != "resync"]
    assert read == list(range(first, 9))


def test_what_was_lost_beyond_what_is_seen_of_the_log_is_told_once() -> None:
    store = Store([], first=6, seen=3)  # trimmed before it was looked at again; none is wanted
    consumer, reader = Consumer(held(Cursor(2, 2)), TERMS), fetcher(store)
    assert reader.fill(consumer) is False
    assert consumer.backlog.read_upto == 5
    consumer.backlog.leave_tail(3)
    assert reader.fill(consumer) is False
    assert lost(consumer) == [{"from": 3, "to": 5}]


def test_a_snapshot_is_read_before_the_log_and_its_end_is_not_the_logs() -> None:
    store = Store(log_of(8), snapshot=[log_event(2), log_event(4), log_event(5)])
    consumer = Consumer(held(Cursor(0, 0, snapshot_upto=6), max_events=2), TERMS)
    reader = fetcher(store)
    assert reader.fill(consumer) is False
    assert (waiting(consumer), consumer.backlog.read_upto) == ([2, 4], 4)
    assert reader.fill(consumer) is True
    assert (waiting(consumer), consumer.backlog.in_snapshot) == ([2, 4, 5], False)
    reader.fill(consumer)
    assert waiting(consumer) == [2, 4, 5, 7, 8]


def entities(*positions: int) -> list[EntityPosition]:
    return [("bids", "create", f"https://x.example/{place}", place) for place in positions]


def coalescing(store: Store, read_upto: int) -> Consumer:
    """One that has read so far, and looks through what is ahead."""
    made = Consumer(held(coalesce=True, max_events=2), TERMS)
    made.backlog.read_some(read_upto, 2, of_snapshot=False)
    assert made.backlog.scan is not None
    return made


@pytest.mark.parametrize(("first", "queue"), [(1, [3, 5]), (3, [3, 5]), (4, [])])
def test_a_backlog_of_which_something_was_trimmed_is_looked_through_anew(
    first: int, queue: list[int]
) -> None:
    store = Store(log_of(5), entities=entities(3, 5), first=first)
    consumer = coalescing(store, 2)
    assert fetcher(store).fill(consumer) is True
    assert (consumer.backlog.queue, consumer.backlog.scan) == (queue, None)


def test_a_backlog_is_not_looked_through_while_something_has_changed() -> None:
    store = Store(log_of(5), entities=entities(3, 5), is_outdated=True)
    consumer = coalescing(store, 2)
    assert fetcher(store).fill(consumer) is True
    assert (consumer.backlog.queue, consumer.backlog.scan is None) == ([], False)


def test_of_a_backlog_that_was_looked_through_only_the_last_of_each_entity_is_read() -> None:
    store = Store(log_of(6), entities=entities(3, 5, 6))
    consumer, reader = coalescing(store, 2), fetcher(store)
    reader.fill(consumer)
    assert reader.fill(consumer) is False
    assert (waiting(consumer), consumer.backlog.queue) == ([3, 5, 6], [])


@pytest.mark.parametrize(("first", "told"), [(3, []), (5, [{"from": 3, "to": 4}])])
def test_of_what_was_to_be_read_and_is_trimmed_it_is_told(
    first: int, told: list[dict[str, int]]
) -> None:
    store = Store(log_of(6), first=first)
    consumer = Consumer(held(coalesce=True), TERMS)
    consumer.backlog.queue = [3, 5]
    consumer.backlog.read_all(6, of_snapshot=False)
    fetcher(store).fill(consumer)
    assert lost(consumer) == told
    assert [one.position for one in consumer.backlog.events if one.type != "resync"] == [
        place for place in (3, 5) if place >= first
    ]


@pytest.mark.parametrize(
    ("held_fields", "already", "at_tail", "fills"),
    [
        ({}, 1, False, True),
        ({}, 2, False, False),
        ({}, 1, True, False),
        ({"health": EndpointHealth(tried_upto=9)}, 1, False, False),
    ],
)
def test_ahead_is_read_while_a_batch_is_not_at_hand_and_nothing_fails(
    held_fields: dict[str, Any], already: int, at_tail: bool, fills: bool
) -> None:
    store = Store(log_of(8))
    consumer = Consumer(held(max_events=2, **held_fields), TERMS)
    consumer.backlog.take([log_event(one) for one in range(1, already + 1)])
    consumer.backlog.skip(already)
    if at_tail:
        consumer.backlog.read_all(already, of_snapshot=False)
    fetcher(store).fill_ahead(consumer)
    assert bool(store.asked) is fills


def test_nothing_is_read_ahead_for_who_may_not_send() -> None:
    store = Store(log_of(8))
    consumer = Consumer(held(), TERMS)
    consumer.leave()
    fetcher(store).fill_ahead(consumer)
    assert store.asked == []
