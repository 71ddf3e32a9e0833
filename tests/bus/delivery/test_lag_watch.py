"""That a subscription is behind is told once, and that it has caught up (docs/delivery.md D35)."""

import pytest

from bus.delivery.lag_watch import LagWatch
from bus.storage import Storage
from tests.bus.clock import FakeClock
from tests.bus.delivery.pushing import Driven, Publish, overview, subscribe
from tests.bus.delivery.test_reporting import BUS, states
from tests.bus.receiver import Receiver

LIMIT_MS = 300_000


@pytest.fixture
def watch(storage: Storage, clock: FakeClock) -> LagWatch:
    return LagWatch(storage, BUS, limit_ms=LIMIT_MS, now_ms=clock, steady_ms=clock)


def test_who_waits_for_too_long_is_told_of_once_until_it_has_caught_up(
    storage: Storage,
    clock: FakeClock,
    driven: Driven,
    publish: Publish,
    receiver: Receiver,
    watch: LagWatch,
) -> None:
    subscribe(storage, receiver.url)
    subscribe(storage, receiver.url, "bus", name="watch", about=None)
    ours = overview(storage).subscription.id
    storage.subscriptions.pause(ours)
    publish("1")
    watch.run_once()
    assert states(storage) == []
    clock.forward(LIMIT_MS)
    publish("2")
    for _ in range(3):
        watch.run_once()
        clock.forward(60_000)
    assert states(storage) == ["behind"]
    storage.subscriptions.resume(ours)
    driven.until(lambda: overview(storage).lag.events == 0)
    watch.run_once()
    watch.run_once()
    assert states(storage) == ["behind", "caught_up"]


def test_a_lag_of_one_old_event_is_a_lag(
    storage: Storage, clock: FakeClock, publish: Publish, receiver: Receiver, watch: LagWatch
) -> None:
    subscribe(storage, receiver.url)
    publish("1")
    clock.forward(LIMIT_MS)
    watch.run_once()
    assert states(storage) == ["behind"]
