"""Following the end of the log: when it is looked at, and who is told of what is new."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from bus.delivery.consumer import Consumer
from bus.delivery.run_queue import RunQueue
from bus.delivery.tail import Tail
from bus.delivery.terms import Terms
from bus.log.appended import Appended
from bus.log.event_log import ReadFence
from bus.model.delivery import EndpointHealth
from bus.model.event import LogEvent
from bus.model.topic_filter import TopicFilter
from tests.bus.clock import START_MS
from tests.bus.samples import held, log_event

TERMS = Terms(lambda: "log", 1, lambda: 1.0)
FENCE = ReadFence(1, 1)


@pytest.fixture(autouse=True)
def quick_polls() -> None:
    """As often as it is: nothing here waits for it."""


@dataclass
class Listener:
    """Listens until it is closed, or its socket is gone."""

    lost: bool = False
    taken: int = 0
    told: Sequence[Appended] | None = None
    closed: int = 0

    def fileno(self) -> int:
        self.lost = False
        return 7

    def take(self) -> Sequence[Appended] | None:
        self.taken += 1
        told, self.told = self.told, []
        return told

    def is_lost(self) -> bool:
        return self.lost

    def close(self) -> None:
        self.closed += 1


@dataclass
class Log:
    """A log in memory."""

    events: list[LogEvent] = field(default_factory=list)
    reads: list[tuple[int, Collection[str] | None]] = field(default_factory=list)
    heard: Listener = field(default_factory=Listener)
    identity: str = "abcdef01"

    def last_position(self) -> int:
        return self.events[-1].position if self.events else 0

    def read_fenced(
        self, position: int, topics: Collection[str] | None, limit: int
    ) -> tuple[list[LogEvent], ReadFence]:
        self.reads.append((position, topics))
        wanted = [one for one in self.events if topics is None or one.topic in topics]
        return [one for one in wanted if one.position > position][:limit], FENCE

    def listener(self) -> Listener:
        return self.heard


@dataclass
class Registry:
    """Consumers of which nothing changes but what a test says: `outdated_at` these reads."""

    consumers: list[Consumer] = field(default_factory=list)
    is_outdated: bool = False
    outdated_at: Callable[[int], bool] = lambda _: False
    asked: int = 0
    followed: int = 0

    def __len__(self) -> int:
        return len(self.consumers)

    def __iter__(self) -> Iterator[Consumer]:
        return iter(self.consumers)

    def is_current(self, fence: ReadFence) -> bool:
        self.asked += 1
        self.is_outdated = fence.registry_version != 1 or self.outdated_at(self.asked)
        return not self.is_outdated

    def follow(self) -> None:
        self.followed += 1
        self.is_outdated = False

    def topics_at_tail(self) -> tuple[bool, None]:
        return any(one.backlog.at_tail for one in self.consumers), None

    def at_tail_of(self, topics: Collection[str]) -> list[Consumer]:
        at_tail = [one for one in self.consumers if one.backlog.at_tail]
        return [
            one
            for one in at_tail
            if one.subscription.topics is None or one.subscription.topics & set(topics)
        ]


@dataclass
class Client:
    """Watches descriptors."""

    watched: dict[int, Callable[[], None]] = field(default_factory=dict)

    def watch(self, descriptor: int, on_ready: Callable[[], None]) -> None:
        assert descriptor not in self.watched
        self.watched[descriptor] = on_ready

    def unwatch(self, descriptor: int) -> None:
        del self.watched[descriptor]


@dataclass
class World:
    """A tail and all around it; its steady clock stands still."""

    log: Log = field(default_factory=Log)
    registry: Registry = field(default_factory=Registry)
    run_queue: RunQueue = field(default_factory=RunQueue)
    client: Client = field(default_factory=Client)
    at_ms: int = 0

    def __post_init__(self) -> None:
        leases = SimpleNamespace(read_fence=lambda: FENCE)
        storage: Any = SimpleNamespace(log=self.log, leases=leases)
        parts: Any = (self.registry, self.run_queue, self.client)
        clocks: Any = {"now_ms": lambda: START_MS, "steady_ms": lambda: self.at_ms}
        self.tail = Tail(storage, *parts, **clocks)

    def hold(self, *topics: str, id: int = 1, at_tail: bool = True, **fields: Any) -> Consumer:
        filters = tuple(map(TopicFilter, topics)) or (TopicFilter("bids"),)
        made = Consumer(held(id=id, filters=filters, **fields), TERMS)
        if at_tail:
            made.backlog.read_all(0, of_snapshot=False)
        self.registry.consumers.append(made)
        return made

    def publish(self, *topics: str) -> None:
        for topic in topics:
            self.log.events.append(log_event(self.log.last_position() + 1, topic=topic))

    def due(self) -> list[int]:
        found: list[int] = []
        self.run_queue.look_at_due(START_MS, found.append)
        return found


@pytest.fixture
def world() -> World:
    return World()


def waiting(consumer: Consumer) -> list[int]:
    return [event.position for event in consumer.backlog.events]


def test_the_first_look_is_at_once_and_the_next_half_a_second_later(world: World) -> None:
    ours = world.hold()
    world.publish("bids")
    assert world.tail.wait_ms() == 0
    world.tail.look()
    assert (waiting(ours), world.tail.wait_ms()) == ([1], 500)
    world.publish("bids")
    for world.at_ms, seen in ((499, [1]), (500, [1, 2])):
        world.tail.look()
        assert waiting(ours) == seen


def test_whoever_holds_nothing_looks_ten_times_a_second(world: World) -> None:
    world.publish("bids")
    world.tail.look()
    assert (world.tail.seen, world.tail.has_heard, world.tail.wait_ms()) == (1, False, 100)


def test_with_nobody_at_the_end_it_is_known_where_that_is(world: World) -> None:
    behind = world.hold(at_tail=False)
    world.publish("bids", "bids")
    world.tail.look()
    assert (world.tail.seen, world.tail.has_heard, world.log.reads) == (2, False, [])
    assert waiting(behind) == []


def test_where_the_end_is_counts_for_nothing_while_something_has_changed(world: World) -> None:
    world.publish("bids")
    world.registry.outdated_at = lambda _: True
    world.tail.look()
    assert (world.tail.seen, world.tail.wait_ms()) == (0, 0)


def test_each_gets_its_topics_in_the_order_of_the_log_and_is_woken(world: World) -> None:
    world.tail.look()
    both, bids = world.hold("bids", "orders"), world.hold("bids", id=2)
    other, all_of_it = world.hold("other", id=3), world.hold("*", id=4)
    behind = world.hold("bids", id=5, at_tail=False)
    world.due()
    world.publish("orders", "bids", "orders", "customers")
    world.at_ms = 500
    world.tail.look()
    assert (waiting(both), waiting(bids), waiting(all_of_it)) == ([1, 2, 3], [2], [1, 2, 3, 4])
    assert (waiting(other), waiting(behind), world.tail.seen) == ([], [], 4)
    assert sorted(world.due()) == [1, 2, 4]


def test_what_somebody_has_read_by_itself_is_not_handed_out_again(world: World) -> None:
    ours = world.hold()
    ours.backlog.read_all(2, of_snapshot=False)
    world.publish("bids", "bids", "bids")
    world.tail.look()
    assert waiting(ours) == [3]


@pytest.mark.parametrize(
    ("already", "fields", "has_room"),
    [
        (99, {}, True),
        (100, {}, False),
        (0, {"health": EndpointHealth(failures=1, retry_at_ms=START_MS)}, True),
        (0, {"health": EndpointHealth(failures=1, retry_at_ms=START_MS + 1)}, False),
    ],
)
def test_who_is_slow_or_rests_is_given_no_more_but_reads_by_itself_from_there(
    world: World, already: int, fields: dict[str, Any], has_room: bool
) -> None:
    ours = world.hold(**fields)
    ours.backlog.take([log_event(position) for position in range(1, already + 1)])
    world.tail.seen = already
    world.publish(*["bids"] * (already + 1))
    world.tail.look()
    assert (len(waiting(ours)), ours.backlog.at_tail) == (already + has_room, has_room)
    if not has_room:
        assert ours.backlog.read_upto == already


def test_after_a_thousand_there_is_another_look_at_once(world: World) -> None:
    ours = world.hold()
    world.tail.look()  # catches up, as the first look does
    world.publish(*["other"] * 1_000, "bids")
    world.at_ms = 500
    world.tail.look()
    assert (waiting(ours), world.tail.seen, world.tail.wait_ms()) == ([], 1_000, 0)
    world.tail.look()
    assert (waiting(ours), world.tail.seen, world.tail.wait_ms()) == ([1_001], 1_001, 500)


def test_what_was_read_before_a_change_is_read_again_after_it(world: World) -> None:
    ours = world.hold()
    world.publish("bids")
    world.registry.outdated_at = lambda asked: asked == 1
    world.tail.look()
    assert (world.registry.followed, waiting(ours), world.tail.seen) == (1, [1], 1)


def test_what_is_known_to_have_changed_is_followed_before_it_is_read(world: World) -> None:
    ours = world.hold()
    world.publish("bids")
    world.registry.is_outdated = True
    world.tail.look()
    assert (world.registry.followed, len(world.log.reads), waiting(ours)) == (1, 2, [1])


def test_to_catch_up_ends_when_something_changes_meanwhile(world: World) -> None:
    world.hold()
    world.registry.outdated_at = lambda asked: asked > 1
    world.tail.look()
    assert (world.registry.asked, world.tail.wait_ms()) == (2, 0)


def test_of_who_has_nothing_to_do_the_place_is_stored_twice_a_minute(world: World) -> None:
    plain, choosy = world.hold("orders"), world.hold("*", id=2)
    world.tail.look()
    world.due()
    world.publish("bids")
    world.at_ms = 500
    assert world.tail.look() == []
    choosy.backlog.take([])
    for world.at_ms, stored in ((999, []), (1_499, []), (1_999, [choosy]), (29_999, [choosy])):
        assert world.tail.look() == stored
        world.due()
    world.at_ms = 30_499
    assert world.tail.look() == [plain, choosy]
    assert world.due() == [1, 2]


def test_of_who_has_something_to_do_no_place_is_stored(world: World) -> None:
    world.hold("bids")
    world.publish("bids")
    assert world.tail.look() == []


def test_a_notification_is_looked_after_at_once(world: World) -> None:
    ours = world.hold()
    world.registry.is_outdated = True
    world.tail.look()
    assert set(world.client.watched) == {7}
    world.publish("bids")
    world.client.watched[7]()
    assert (world.log.heard.taken, world.tail.wait_ms()) == (1, 0)
    world.tail.look()
    assert (waiting(ours), world.tail.wait_ms()) == ([1], 500)


def told(world: World, *positions: int, identity: str = "", version: int = 1) -> Appended:
    events = [one for one in world.log.events if one.position in positions]
    return Appended(identity or world.log.identity, positions[-1], version, events)


def notified(world: World, *news: Appended) -> None:
    """The tail is told, and looks."""
    world.log.heard.told = news
    world.client.watched[7]()
    world.tail.look()


@pytest.fixture
def listening(world: World) -> Consumer:
    """A consumer at the end of a log whose tail listens."""
    ours = world.hold()
    world.registry.is_outdated = True
    world.tail.look()
    world.log.reads.clear()
    return ours


def test_what_notifications_carry_is_handed_out_unread(world: World, listening: Consumer) -> None:
    world.publish("bids", "bids", "bids")
    notified(world, told(world, 1), told(world, 2, 3))
    assert (waiting(listening), world.tail.seen, world.log.reads) == ([1, 2, 3], 3, [])


@pytest.mark.parametrize(
    "news",
    [
        lambda world: told(world, 2),  # the one before is on its way, or lost
        lambda world: told(world, 1, 2)._replace(events=()),  # too many to be carried
        lambda world: told(world, 1, 2, identity="00000000"),
        lambda world: told(world, 1, 2, version=2),
    ],
)
def test_what_does_not_follow_what_is_seen_is_read(
    world: World, listening: Consumer, news: Callable[[World], Appended]
) -> None:
    world.publish("bids", "bids")
    notified(world, news(world))
    assert (waiting(listening), world.tail.seen, len(world.log.reads)) == ([1, 2], 2, 1)


def test_a_change_of_which_a_notification_knows_is_followed_first(
    world: World, listening: Consumer
) -> None:
    world.publish("bids")
    before = world.registry.followed
    notified(world, told(world, 1, version=2))
    assert (world.registry.followed, waiting(listening)) == (before + 1, [1])


def test_what_is_seen_already_is_not_looked_for_again(world: World, listening: Consumer) -> None:
    world.publish("bids")
    notified(world, told(world, 1))
    notified(world, told(world, 1)._replace(events=()))
    assert (world.tail.wait_ms(), world.log.reads) == (500, [])


def test_what_was_read_past_is_seen_though_nobody_wanted_it(
    world: World, listening: Consumer
) -> None:
    world.publish("orders")
    notified(world, told(world, 1)._replace(events=()))
    world.publish("bids")
    notified(world, told(world, 2))
    assert (waiting(listening), len(world.log.reads)) == ([2], 1)


def test_who_holds_nothing_any_more_listens_no_longer(world: World) -> None:
    world.hold()
    world.registry.is_outdated = True
    world.tail.look()
    world.registry.consumers.clear()
    world.registry.is_outdated = True
    world.tail.look()
    assert (world.client.watched, world.log.heard.closed) == ({}, 1)
    world.tail.stop()
    assert world.log.heard.closed == 1


def test_whose_socket_was_tidied_away_listens_anew_within_a_second(world: World) -> None:
    world.hold()
    world.registry.is_outdated = True
    world.tail.look()
    world.at_ms = 500
    world.tail.look()
    world.log.heard.lost = True
    for world.at_ms, closed in ((1_000, 0), (1_500, 1)):
        world.tail.look()
        assert world.log.heard.closed == closed
    assert (set(world.client.watched), world.log.heard.lost) == ({7}, False)


def test_after_a_new_start_only_what_comes_then_is_new(world: World) -> None:
    ours = world.hold()
    world.publish("bids")
    world.tail.restart()
    assert world.tail.seen == 1
    world.publish("bids")
    world.tail.look()
    assert waiting(ours) == [2]
