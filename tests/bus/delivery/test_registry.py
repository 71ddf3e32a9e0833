"""The subscriptions that a pusher holds: as they come, change and go."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest

from bus.delivery.consumer import Consumer
from bus.delivery.in_flight import Delivery, Kind
from bus.delivery.registry import ConsumerRegistry
from bus.delivery.run_queue import RunQueue
from bus.delivery.terms import Terms
from bus.log.event_log import ReadFence
from bus.model.delivery import Cursor, LeasedSubscription
from bus.model.subscription import Subscription
from bus.model.topic_filter import TopicFilter
from tests.bus.clock import START_MS
from tests.bus.samples import held, log_event

TERMS = Terms(lambda: "log", 1, lambda: 1.0)


@dataclass
class Lease:
    """Takes as many as a test says."""

    name: str = "me"
    claims: int = 0
    too_many: int = 0
    claimed: int = 0
    released: list[Collection[int]] = field(default_factory=list)

    def claim(self) -> int:
        self.claimed += 1
        return self.claims

    def release(self, subscription_ids: Collection[int]) -> None:
        self.released.append(subscription_ids)
        self.too_many = 0


@dataclass
class Store:
    """What the store says is held, and which dead letters are to come back."""

    version: int = 1
    ours: list[LeasedSubscription] = field(default_factory=list)
    redriven: dict[int, Mapping[str, int]] = field(default_factory=dict)
    taken_back: list[tuple[Any, ...]] = field(default_factory=list)

    def registry_version(self) -> int:
        return self.version

    def held(self, pusher: str) -> list[LeasedSubscription]:
        assert pusher == "me"
        return self.ours

    def redrives(self) -> list[int]:
        return list(self.redriven)

    def take_back(
        self, subscription: Subscription, pusher: str, fence: int, now_ms: int
    ) -> Mapping[str, int]:
        self.taken_back.append((subscription.id, pusher, fence, now_ms))
        return self.redriven.pop(subscription.id)


@dataclass
class World:
    """A registry and all around it; what is stored is an hour ahead of the time here."""

    store: Store = field(default_factory=Store)
    lease: Lease = field(default_factory=Lease)
    run_queue: RunQueue = field(default_factory=RunQueue)

    def __post_init__(self) -> None:
        storage: Any = SimpleNamespace(leases=self.store, parked=self.store)
        timeline: Any = SimpleNamespace(
            now_ms=lambda: START_MS,
            stored_ms=lambda at_ms: at_ms + 3_600_000,
            arriving=lambda leased: leased,
        )
        lease: Any = self.lease
        self.registry = ConsumerRegistry(storage, lease, self.run_queue, TERMS, timeline)

    def hold(self, *leased: LeasedSubscription) -> list[Consumer]:
        self.store.ours = list(leased)
        self.registry.follow()
        return list(self.registry)

    def due(self) -> list[int]:
        found: list[int] = []
        self.run_queue.look_at_due(START_MS, found.append)
        return found


@pytest.fixture
def world() -> World:
    return World()


def fly(consumer: Consumer) -> None:
    """Have something in flight."""
    consumer.resume([Delivery(Kind.BATCH, [log_event(1)], 0)])


def test_it_is_current_from_when_it_was_followed_until_something_changes(world: World) -> None:
    assert world.registry.is_outdated
    world.registry.follow()
    assert not world.registry.is_outdated
    for version, is_current in ((1, True), (2, False), (1, True)):
        assert world.registry.is_current(ReadFence(version, 0)) is is_current
        assert world.registry.is_outdated is not is_current


def test_what_is_free_is_claimed_before_it_is_said_what_is_held(world: World) -> None:
    world.registry.follow()
    assert world.lease.claimed == 1


def test_what_comes_changes_and_goes_is_held_as_it_is_now_and_woken(world: World) -> None:
    one, two = world.hold(held(id=1), held(id=2))
    assert (len(world.registry), world.due()) == (2, [1, 2])
    fly(one)
    changed = replace(held(id=1), subscription=replace(held(id=1).subscription, max_events=7))
    (left,) = world.hold(changed)
    assert (left, left.subscription.max_events, left.in_flight) == (one, 7, 1)
    assert (one.is_held, two.is_held, world.due()) == (True, False, [1])
    assert (world.registry.find(1), world.registry.find(2)) == (one, None)


def test_whose_cursor_was_moved_begins_anew_and_what_it_had_in_flight_counts_for_nothing(
    world: World,
) -> None:
    (before,) = world.hold(held())
    (after,) = world.hold(held(Cursor(5, 5), fence=2))
    assert (before.is_held, after.is_held, after is before) == (False, True, False)
    assert after.backlog.read_upto == 5


def test_who_begins_anew_holds_nothing_and_has_to_look(world: World) -> None:
    (one,) = world.hold(held())
    world.registry.clear()
    assert (len(world.registry), one.is_held, world.registry.is_outdated) == (0, False, True)
    assert world.registry.topics_at_tail() == (False, None)


def test_of_whom_it_is_doubted_nothing_is_sent_until_there_was_a_look(world: World) -> None:
    (one,) = world.hold(held())
    world.registry.doubt(one)
    assert (one.is_open, world.registry.is_outdated) == (False, True)


@pytest.mark.parametrize("claims", [0, 2])
def test_there_is_something_to_look_at_when_something_was_claimed(
    world: World, claims: int
) -> None:
    world.registry.follow()
    world.lease.claims = claims
    world.registry.claim()
    assert world.registry.is_outdated is bool(claims)


def test_who_was_to_leave_stays_and_is_woken_when_what_is_free_is_claimed(world: World) -> None:
    one, _ = world.hold(held(id=1), held(id=2))
    world.due()
    one.leave()
    world.registry.claim()
    assert (one.is_open, world.due()) == (True, [1])


def test_what_is_too_much_is_let_go_of_first_what_has_nothing_in_flight(world: World) -> None:
    busy, idle, other = world.hold(held(id=1), held(id=2), held(id=3))
    fly(busy)
    fly(other)
    world.lease.too_many = 2
    world.registry.share()
    assert world.lease.released == [[2]]
    assert [one.is_held for one in (busy, idle, other)] == [True, False, True]
    assert [one.is_open for one in (busy, other)] == [False, True]  # to go when it is answered
    assert [one.subscription.id for one in world.registry] == [1, 3]


def test_who_was_let_go_of_follows_the_log_no_longer(world: World) -> None:
    (one,) = world.hold(held())
    one.backlog.read_all(0, of_snapshot=False)
    world.lease.too_many = 1
    world.registry.share()
    assert world.registry.at_tail_of(["bids"]) == []
    assert world.registry.topics_at_tail() == (False, None)


def test_while_all_have_something_in_flight_nothing_is_let_go_of(world: World) -> None:
    (one,) = world.hold(held())
    fly(one)
    world.lease.too_many = 1
    world.registry.share()
    assert (world.lease.released, one.is_held, one.is_open) == ([], True, False)


def to(*topics: str, id: int = 1) -> LeasedSubscription:
    return held(id=id, filters=tuple(map(TopicFilter, topics)))


@pytest.mark.parametrize(
    ("topics", "read"),
    [
        ("abc", frozenset("abc")),
        ("abcd", None),
        ("*", None),
        ("a*", None),
    ],
)
def test_the_log_is_read_for_a_few_topics_or_for_all(
    world: World, topics: str, read: frozenset[str] | None
) -> None:
    (one,) = world.hold(to(*topics))
    assert world.registry.topics_at_tail() == (False, None)
    one.backlog.read_all(0, of_snapshot=False)
    assert world.registry.topics_at_tail() == (True, read)


def test_whoever_follows_the_end_is_told_of_its_topics_once(world: World) -> None:
    everybody = world.hold(to("a", "b", id=1), to("*", id=2), to("c", id=3), to("a", id=4))
    for one in everybody[:3]:
        one.backlog.read_all(0, of_snapshot=False)
    found = world.registry.at_tail_of(["a", "b"])
    assert [one.subscription.id for one in found] == [1, 2]


def test_dead_letters_that_are_to_come_back_wait_apart_again(world: World) -> None:
    world.store.redriven = {1: {"u": 3}, 9: {"v": 1}}  # the other is somebody else's
    world.hold(held(fence=4))
    assert world.store.taken_back == [(1, "me", 4, START_MS + 3_600_000)]
    (one,) = world.registry
    wanted = one.next(START_MS)
    assert getattr(wanted, "url", None) == "u"
