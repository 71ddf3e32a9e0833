"""Clocks that are set, and clocks of several machines: nothing waits longer or is lost for it."""

from collections.abc import Iterator
from typing import Any

import pytest

from bus.model.subscription import State
from bus.storage import Storage, open_storage
from tests.bus.clock import START_MS, FakeClock
from tests.bus.delivery.pushing import Driven, Publish, overview, queued, subscribe, urls
from tests.bus.receiver import Receiver

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
JUMPS = [40 * DAY_MS, HOUR_MS, -HOUR_MS, -40 * DAY_MS]


@pytest.mark.parametrize("jump_ms", JUMPS)
def test_a_back_off_lasts_as_long_as_it_was_meant_to(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver, jump_ms: int
) -> None:
    subscribe(storage, receiver.url)
    receiver.statuses = [500, 500]
    publish("a")
    driven.until(lambda: overview(storage).health.failures == 1)
    driven.clock.forward(jump_ms)
    driven.rounds(5)
    assert len(receiver.deliveries) == 1
    driven.forward(1_000)
    driven.until(lambda: overview(storage).health.failures == 2)
    assert overview(storage).subscription.state is State.ACTIVE
    stored = overview(storage).health
    assert abs((stored.failing_since_ms or 0) - driven.clock.now_ms) < 60_000
    assert abs(stored.retry_at_ms - driven.clock.now_ms) < 60_000
    driven.clock.forward(-jump_ms)
    driven.forward(2_000)
    driven.until(lambda: queued(storage) == 0)


@pytest.mark.parametrize("jump_ms", JUMPS)
@pytest.mark.parametrize("limit", [{"timeout_ms": 1_000}, {"events_per_s": 1, "max_events": 1}])
def test_waiting_for_company_and_a_rate_limit_go_on(
    storage: Storage,
    driven: Driven,
    publish: Publish,
    receiver: Receiver,
    jump_ms: int,
    limit: dict[str, Any],
) -> None:
    subscribe(storage, receiver.url, **limit)
    driven.rounds(3)
    publish("a", "b")
    driven.rounds(5)
    driven.clock.forward(jump_ms)
    driven.rounds(3)
    driven.forward(1_000)
    driven.until(lambda: queued(storage) == 0)
    assert receiver.urls == urls("a", "b")


def test_an_event_from_a_host_whose_clock_is_ahead_waits_no_longer_for_company(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver, clock: FakeClock
) -> None:
    subscribe(storage, receiver.url, timeout_ms=1_000)
    driven.rounds(3)
    clock.now_ms += 20_000
    publish("a")
    clock.now_ms -= 20_000
    driven.pusher._now_ms()
    driven.rounds(5)
    assert receiver.deliveries == []
    driven.forward(1_000)
    driven.until(lambda: queued(storage) == 0)


@pytest.mark.parametrize("wrong_ms", JUMPS)
def test_who_takes_over_from_a_pusher_with_a_wrong_clock_waits_no_longer(
    url: str, storage: Storage, publish: Publish, receiver: Receiver, wrong_ms: int
) -> None:
    subscribe(storage, receiver.url)
    receiver.statuses = [500, 500]
    publish("a")
    wrong = Driven(storage, FakeClock(START_MS + wrong_ms), "wrong")
    wrong.until(lambda: overview(storage).health.failures == 1)
    wrong.pusher.close()
    right = Driven(storage, FakeClock(START_MS), "right")
    right.rounds(3)
    right.forward(1_000)
    right.until(lambda: overview(storage).health.failures == 2)
    assert overview(storage).subscription.state is State.ACTIVE
    right.forward(2_000)
    right.until(lambda: queued(storage) == 0)
    right.pusher.close()


@pytest.fixture(params=[90_000, -90_000, 40 * DAY_MS, -HOUR_MS])
def ahead(url: str, request: pytest.FixtureRequest) -> Iterator[Driven]:
    """A pusher of another machine, whose clock is 90 s ahead, or otherwise wrong."""
    clock = FakeClock(START_MS + request.param)
    store = open_storage(url, clock)
    made = Driven(store, clock, "ahead")
    yield made
    made.pusher.close()
    store.close()


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_pushers_whose_clocks_differ_share_and_take_nothing_from_each_other(
    storage: Storage, driven: Driven, ahead: Driven, receiver: Receiver
) -> None:
    for name in ("one", "two"):
        subscribe(storage, receiver.url, name=name)
    driven.rounds(2)
    for _ in range(4):
        for one in (ahead, driven):
            one.forward(2_000)
            one.rounds(3)
    assert set(storage.leases.alive()) == {"one", "ahead"}
    assert (len(driven.pusher._registry), len(ahead.pusher._registry)) == (1, 1)
