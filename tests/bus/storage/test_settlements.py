"""Outcomes as they are written down: in one step, and by who holds the subscription only."""

from dataclasses import replace
from typing import Any

import pytest

from bus.model.delivery import (
    HEALTHY,
    Cursor,
    DeadLetter,
    LastAnswer,
    LeasedSubscription,
    Parked,
    Settlement,
    StateChange,
)
from bus.model.subscription import State
from bus.storage import Storage
from tests.bus.clock import START_MS
from tests.bus.delivery.pushing import overview, publishing, subscribe
from tests.bus.samples import log_event
from tests.bus.storage.counting import kept_counts, rows_counted

ANSWER = LastAnswer(500, None, START_MS)
ONE, TWO, THREE = (log_event(place, url="u") for place in (1, 2, 3))


def ours(storage: Storage) -> LeasedSubscription:
    """The subscription, held by `me`."""
    if not storage.leases.held("me"):
        storage.leases.join("me")
        storage.leases.claim("me", 9)
    (leased,) = storage.leases.held("me")
    return leased


def settle(
    storage: Storage, position: int = 0, by: str = "me", at_ms: int = START_MS, **change: Any
) -> bool:
    """Write that down; whether it was taken."""
    one = ours(storage)
    settlement = Settlement(
        one.subscription.id,
        one.fence,
        Cursor(position, position, position),
        HEALTHY,
        1,
        ANSWER,
        StateChange(**change),
    )
    return not storage.settlements.settle(by, [settlement], at_ms)


@pytest.fixture(autouse=True)
def subscribed(storage: Storage) -> None:
    subscribe(storage, "https://s.example/")
    publishing(storage)("a", "b", "c")


def test_where_it_stands_what_was_answered_and_how_much_was_taken_is_kept(
    storage: Storage,
) -> None:
    assert settle(storage, 2)
    assert settle(storage, 3)
    one = overview(storage)
    assert (one.cursor.position, one.cursor.delivered, one.sent) == (3, 3, 2)
    assert (one.answer, one.lag.events) == (ANSWER, 0)


def test_who_does_not_hold_it_writes_nothing(storage: Storage) -> None:
    parked = {"u": Parked("u", 0, START_MS, 1, ANSWER)}
    assert not settle(storage, 2, by="other", park=parked, park_events=[ONE])
    one = overview(storage)
    assert (one.cursor.position, one.parked, ours(storage).parked) == (0, 0, ())


def test_what_is_parked_waits_until_it_is_taken_back(storage: Storage) -> None:
    at = Parked("u", 2, START_MS + 5, 3, ANSWER)
    settle(storage, 3, park={"u": at}, park_events=[ONE, TWO, THREE])
    assert ours(storage).parked == (at,)
    subscription_id = ours(storage).subscription.id
    assert storage.parked.events(subscription_id, "u", 2) == [ONE, TWO]
    settle(storage, 3, park={"u": replace(at, failures=3, events=2)}, take_back=[1])
    assert (overview(storage).parked, ours(storage).parked[0].failures) == (2, 3)
    settle(storage, 3, park={"u": None}, take_back=[2, 3])
    assert (overview(storage).parked, ours(storage).parked) == (0, ())
    assert kept_counts(storage) == rows_counted(storage)


def test_a_dead_letter_that_dies_again_is_one(storage: Storage) -> None:
    for attempts in (3, 4):
        settle(storage, 3, dead_letters=[DeadLetter(ONE, attempts, ANSWER, b"why")])
    assert overview(storage).dead_letters == 1
    (dead,) = storage.dead_letters.all(ours(storage).subscription.id, 0, 9)
    assert (dead.event, dead.attempts, dead.answer_body) == (ONE, 4, b"why")
    assert kept_counts(storage) == rows_counted(storage)


def test_what_is_left_aside_is_so_since_the_first_that_is_left(storage: Storage) -> None:
    subscription_id = ours(storage).subscription.id
    assert storage.parked.first_at_ms(subscription_id) is None
    assert storage.dead_letters.first_at_ms(subscription_id) is None
    for after_ms, event in ((7, ONE), (9, TWO), (8, THREE)):
        url, at_ms = f"u{after_ms}", START_MS + after_ms
        entity = Parked(url, 0, START_MS, 1, ANSWER)
        settle(storage, 3, park={url: entity}, park_events=[event._replace(url=url)], at_ms=at_ms)
        dead = DeadLetter(event, 3, replace(ANSWER, at_ms=at_ms), b"")
        settle(storage, 3, dead_letters=[dead], at_ms=at_ms)
    assert storage.parked.first_at_ms(subscription_id) == START_MS + 7
    assert storage.dead_letters.first_at_ms(subscription_id) == START_MS + 7
    first = storage.dead_letters.all(subscription_id)[0]
    storage.dead_letters.redrive(subscription_id, {first.id: True})
    assert storage.dead_letters.first_at_ms(subscription_id) == START_MS + 9
    settle(storage, 3, park={"u7": None}, take_back=[1])
    assert storage.parked.first_at_ms(subscription_id) == START_MS + 8


def test_a_test_event_is_wanted_until_it_was_sent(storage: Storage) -> None:
    storage.subscriptions.want_test(ours(storage).subscription.id)
    assert ours(storage).test_wanted
    settle(storage, 0, take_back=[])
    assert ours(storage).test_wanted
    settle(storage, 0, tested=True)
    assert not ours(storage).test_wanted


def test_what_is_disabled_is_so_for_a_reason_since_then(storage: Storage) -> None:
    before = storage.leases.registry_version()
    settle(storage, 0)
    assert overview(storage).subscription.state is State.ACTIVE
    assert storage.leases.registry_version() == before
    settle(storage, 0, disable="gone")
    one = overview(storage).subscription
    assert (one.state, one.reason, one.state_since_ms) == (State.DISABLED, "gone", START_MS)
    assert storage.leases.registry_version() > before


def test_events_of_an_attempt_are_found_in_the_log_parked_and_dead(storage: Storage) -> None:
    settle(
        storage,
        3,
        park={"u": Parked("u", 0, START_MS, 1, ANSWER)},
        park_events=[TWO],
        dead_letters=[DeadLetter(ONE, 3, ANSWER, b"")],
    )
    subscription_id = ours(storage).subscription.id
    of_log = storage.log.read_after(0, None, 9)
    assert storage.resends.events(subscription_id, [3, 1, 2]) == [of_log[2], *of_log[:2]]
    storage.log.trim(before=3)
    assert storage.resends.events(subscription_id, [1, 2, 3]) == [ONE, TWO, of_log[2]]
    assert storage.resends.events(99, [1, 2, 3]) == [of_log[2]]
