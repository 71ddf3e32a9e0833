"""Leases and settlements: only the holder settles."""

import pytest

from bus.access import digest
from bus.progress import HEALTHY, Health, Held, Place, Settlement
from bus.storage import Storage
from tests.bus.conftest import TOKENS
from tests.bus.samples import wanted


def settlement(held: Held, position: int) -> Settlement:
    place = Place(position, position, position)
    return Settlement(held.subscription.id, held.fence, place, HEALTHY, 1)


@pytest.fixture
def subscriber(storage: Storage) -> int:
    found = storage.clients.find(digest(TOKENS["subscriber"]))
    assert found is not None
    storage.subscriptions.replace(found[1].id, wanted("https://x.example/"), "whsec_a")
    return found[1].id


@pytest.fixture
def held(storage: Storage, subscriber: int) -> Held:
    storage.deliveries.join("one", 0)
    assert storage.deliveries.claim("one", 1) == 1
    (only,) = storage.deliveries.held("one")
    return only


def test_what_is_held_by_somebody_alive_is_not_claimed(storage: Storage, held: Held) -> None:
    storage.deliveries.join("two", 0)
    assert storage.deliveries.claim("two", 1) == 0
    assert storage.deliveries.held("two") == []


def test_the_holder_settles(storage: Storage, held: Held) -> None:
    assert storage.deliveries.settle("one", [settlement(held, 7)], 0) == set()
    (after,) = storage.deliveries.held("one")
    assert after.place == Place(7, 7, 7)


def test_after_a_takeover_only_the_new_holder_settles(storage: Storage, held: Held) -> None:
    storage.deliveries.join("two", 0)
    storage.deliveries.give_up({"one"})
    assert storage.deliveries.claim("two", 1) == 1
    (taken,) = storage.deliveries.held("two")
    assert storage.deliveries.settle("one", [settlement(held, 7)], 0) == {held.subscription.id}
    assert storage.deliveries.settle("two", [settlement(taken, 3)], 0) == set()
    (after,) = storage.deliveries.held("two")
    assert after.place.position == 3


def test_a_holder_that_comes_back_does_not_settle_with_its_old_fence(
    storage: Storage, held: Held
) -> None:
    storage.deliveries.join("two", 0)
    storage.deliveries.give_up({"one"})
    storage.deliveries.claim("two", 1)
    storage.deliveries.leave("two")
    storage.deliveries.join("one", 0)
    storage.deliveries.claim("one", 9)
    assert storage.deliveries.settle("one", [settlement(held, 7)], 0) == {held.subscription.id}


def test_a_pusher_that_was_given_up_learns_it_at_its_next_beat(
    storage: Storage, held: Held
) -> None:
    assert storage.deliveries.beat("one", 1)
    storage.deliveries.join("two", 0)
    storage.deliveries.give_up({"one"})
    storage.deliveries.claim("two", 1)
    assert not storage.deliveries.beat("one", 2)


def test_who_leaves_leaves_everything_to_others(storage: Storage, held: Held) -> None:
    storage.deliveries.leave("one")
    storage.deliveries.join("two", 0)
    assert storage.deliveries.claim("two", 9) == 1
    assert storage.deliveries.alive() == {"two": (0, 0)}


def test_one_lost_settlement_does_not_lose_the_others(
    storage: Storage, held: Held, subscriber: int
) -> None:
    stranger = storage.clients.find(digest(TOKENS["stranger"]))
    assert stranger is not None
    storage.subscriptions.replace(stranger[1].id, wanted("https://y.example/"), "whsec_b")
    storage.deliveries.claim("one", 9)
    first, second = storage.deliveries.held("one")
    storage.subscriptions.delete(subscriber)
    lost = storage.deliveries.settle("one", [settlement(first, 1), settlement(second, 2)], 0)
    assert lost == {held.subscription.id}
    (left,) = storage.deliveries.held("one")
    assert left.place.position == 2


def test_subscribing_again_ends_a_back_off_and_moves_the_fence(
    storage: Storage, held: Held, subscriber: int
) -> None:
    failing = Health(failures=5, failing_since_ms=1, retry_at_ms=99, tried_upto=9, narrow=1)
    outcome = Settlement(held.subscription.id, held.fence, Place(0, 0), failing, 0)
    storage.deliveries.settle("one", [outcome], 0)
    version = storage.deliveries.registry_version()
    storage.subscriptions.replace(subscriber, wanted("https://x.example/"), "whsec_b")
    (after,) = storage.deliveries.held("one")
    assert after.health == HEALTHY
    assert after.fence > held.fence
    assert storage.deliveries.registry_version() > version


def test_subscribing_again_while_all_is_well_disturbs_nothing(
    storage: Storage, held: Held, subscriber: int
) -> None:
    storage.subscriptions.replace(subscriber, wanted("https://new.example/"), "whsec_b")
    assert storage.deliveries.settle("one", [settlement(held, 7)], 0) == set()
