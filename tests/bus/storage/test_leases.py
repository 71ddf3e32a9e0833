"""Leases and settlements: only the holder settles."""

from dataclasses import replace

import pytest
from service_kit.tokens import digest

from bus.model.delivery import (
    HEALTHY,
    Cursor,
    EndpointHealth,
    LastAnswer,
    LeasedSubscription,
    Parked,
    Settlement,
    StateChange,
)
from bus.storage import Storage
from tests.bus.conftest import TOKENS
from tests.bus.samples import log_event, wanted


def settlement(held: LeasedSubscription, position: int) -> Settlement:
    cursor = Cursor(position, position, position)
    return Settlement(held.subscription.id, held.fence, cursor, HEALTHY, 1)


@pytest.fixture
def subscriber(storage: Storage) -> int:
    found = storage.clients.find(digest(TOKENS["subscriber"]))
    assert found is not None
    storage.subscriptions.replace(found[1].id, wanted("https://x.example/"), "whsec_a")
    return found[1].id


@pytest.fixture
def held(storage: Storage, subscriber: int) -> LeasedSubscription:
    storage.leases.join("one")
    assert storage.leases.claim("one", 1) == 1
    (only,) = storage.leases.held("one")
    return only


def test_what_is_held_by_somebody_alive_is_not_claimed(
    storage: Storage, held: LeasedSubscription
) -> None:
    storage.leases.join("two")
    assert storage.leases.claim("two", 1) == 0
    assert storage.leases.held("two") == []


def test_the_holder_settles(storage: Storage, held: LeasedSubscription) -> None:
    assert storage.settlements.settle("one", [settlement(held, 7)], 0) == set()
    (after,) = storage.leases.held("one")
    assert after.cursor == Cursor(7, 7, 7)


def test_after_a_takeover_only_the_new_holder_settles(
    storage: Storage, held: LeasedSubscription
) -> None:
    storage.leases.join("two")
    storage.leases.give_up({"one"})
    assert storage.leases.claim("two", 1) == 1
    (taken,) = storage.leases.held("two")
    assert storage.settlements.settle("one", [settlement(held, 7)], 0) == {held.subscription.id}
    assert storage.settlements.settle("two", [settlement(taken, 3)], 0) == set()
    (after,) = storage.leases.held("two")
    assert after.cursor.position == 3


def test_a_holder_that_comes_back_does_not_settle_with_its_old_fence(
    storage: Storage, held: LeasedSubscription
) -> None:
    storage.leases.join("two")
    storage.leases.give_up({"one"})
    storage.leases.claim("two", 1)
    storage.leases.leave("two")
    storage.leases.join("one")
    storage.leases.claim("one", 9)
    assert storage.settlements.settle("one", [settlement(held, 7)], 0) == {held.subscription.id}


def test_a_pusher_that_was_given_up_learns_it_at_its_next_beat(
    storage: Storage, held: LeasedSubscription
) -> None:
    assert storage.leases.beat("one")
    storage.leases.join("two")
    storage.leases.give_up({"one"})
    storage.leases.claim("two", 1)
    assert not storage.leases.beat("one")


def test_who_leaves_leaves_everything_to_others(storage: Storage, held: LeasedSubscription) -> None:
    storage.leases.leave("one")
    storage.leases.join("two")
    assert storage.leases.claim("two", 9) == 1
    assert list(storage.leases.alive()) == ["two"]


def test_one_lost_settlement_does_not_lose_the_others(
    storage: Storage, held: LeasedSubscription, subscriber: int
) -> None:
    stranger = storage.clients.find(digest(TOKENS["stranger"]))
    assert stranger is not None
    storage.subscriptions.replace(stranger[1].id, wanted("https://y.example/"), "whsec_b")
    storage.leases.claim("one", 9)
    first, second = storage.leases.held("one")
    storage.subscriptions.delete(subscriber)
    lost = storage.settlements.settle("one", [settlement(first, 1), settlement(second, 2)], 0)
    assert lost == {held.subscription.id}
    (left,) = storage.leases.held("one")
    assert left.cursor.position == 2


def test_subscribing_again_ends_a_back_off_and_moves_the_fence(
    storage: Storage, held: LeasedSubscription, subscriber: int
) -> None:
    failing = EndpointHealth(
        failures=5, failing_since_ms=1, retry_at_ms=99, tried_upto=9, bisect_limit=1
    )
    outcome = Settlement(held.subscription.id, held.fence, Cursor(0, 0), failing, 0)
    storage.settlements.settle("one", [outcome], 0)
    version = storage.leases.registry_version()
    storage.subscriptions.replace(subscriber, wanted("https://x.example/"), "whsec_b")
    (after,) = storage.leases.held("one")
    assert after.health == HEALTHY
    assert after.fence > held.fence
    assert storage.leases.registry_version() > version


def test_subscribing_again_while_all_is_well_disturbs_nothing(
    storage: Storage, held: LeasedSubscription, subscriber: int
) -> None:
    storage.subscriptions.replace(subscriber, wanted("https://new.example/"), "whsec_b")
    assert storage.settlements.settle("one", [settlement(held, 7)], 0) == set()


def test_an_entity_of_which_another_event_waits_is_still_parked(
    storage: Storage, held: LeasedSubscription
) -> None:
    """A redrive and the settlement of what was parked before may come at once."""
    url, answer = "https://x.example/1", LastAnswer(500, None, 0)
    first, second = (log_event(position, url=url) for position in (1, 2))

    def settle(change: StateChange) -> None:
        done = replace(settlement(held, 2), change=change)
        assert storage.settlements.settle("one", [done], 0) == set()

    settle(StateChange(park={url: Parked(url, 0, 5, 2, answer)}, park_events=[first, second]))
    settle(StateChange(park={url: None}, take_back=[1]))
    (left,) = storage.leases.held("one")
    assert [(one.url, one.events) for one in left.parked] == [(url, 1)]
    assert storage.parked.events(held.subscription.id, url, 9) == [second]
    settle(StateChange(park={url: None}, take_back=[2]))
    (left,) = storage.leases.held("one")
    assert left.parked == ()


def test_no_pusher_takes_what_is_pulled(storage: Storage, subscriber: int) -> None:
    storage.subscriptions.replace(subscriber, wanted("", uuid=""), "whsec_a")
    storage.leases.join("one")
    assert storage.leases.claim("one", 9) == 0
    assert storage.leases.counts("one").subscriptions == 0


def test_who_pushed_loses_what_is_pulled_from_now_on(
    storage: Storage, subscriber: int, held: LeasedSubscription
) -> None:
    storage.subscriptions.replace(subscriber, wanted("", uuid=""), "whsec_a")
    assert storage.leases.held("one") == []
    assert storage.leases.counts("one").mine == 0
    assert storage.settlements.settle("one", [settlement(held, 1)], 0)
    pulled = storage.pulls.hold(held.subscription.id)
    assert pulled.leased.cursor == held.cursor
