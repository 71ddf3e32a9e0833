"""What one round of a pusher is: what it waits for, and what it does not settle."""

from collections.abc import Iterator
from typing import Any

import pytest

from bus.model.subscription import StartAt, StartPosition
from bus.storage import Storage
from tests.bus.clock import FakeClock
from tests.bus.delivery.pushing import Driven, Publish, queued, subscribe, urls
from tests.bus.receiver import Receiver
from tests.waiting import wait_for

BEGINNING = StartPosition(StartAt.BEGINNING)


@pytest.fixture
def url(sqlite_file: str) -> str:
    """What a round is does not depend on the engine."""
    return sqlite_file


class Still(Driven):
    """A pusher whose steady clock stands still, too, until told."""

    def steady_ms(self) -> int:
        return 1_000 + self.ahead_ms


@pytest.fixture
def still(storage: Storage, clock: FakeClock) -> Iterator[Still]:
    made = Still(storage, clock)
    yield made
    made.pusher.close(timeout_ms=0)


def test_while_others_wait_to_be_looked_at_outcomes_are_stored_together_a_little_later(
    storage: Storage, still: Still, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    publish("1")
    still.until(lambda: queued(storage) == 0)
    publish("2")
    receiver.gate.clear()
    still.until(lambda: len(receiver.deliveries) == 2)
    receiver.gate.set()

    def others_wait(rounds: int = 1) -> None:
        for _ in range(rounds):
            for subscription_id in range(100, 120):
                still.pusher._run_queue.wake(subscription_id)
            still.round()

    def answered() -> bool:
        others_wait()
        return still.pusher._client.in_flight == 0

    wait_for(answered)
    others_wait(rounds=3)
    assert queued(storage) == 1
    still.stand_still(20)
    others_wait()
    assert queued(storage) == 0


def cut_off(storage: Storage) -> None:
    """A connection was found broken."""
    storage.log._connections.breaks += 1  # type: ignore[attr-defined]


def test_who_was_cut_off_from_the_store_begins_anew_at_once_and_settles_nothing(
    storage: Storage, still: Still, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    receiver.gate.clear()
    publish("1")
    still.until(lambda: receiver.deliveries)
    cut_off(storage)
    assert still.pusher.run_once() == 0
    assert (len(still.pusher._registry), queued(storage)) == (0, 1)
    receiver.gate.set()
    still.until(lambda: queued(storage) == 0)
    assert receiver.urls == urls("1", "1")


def test_so_does_who_was_cut_off_while_it_read(
    storage: Storage,
    still: Still,
    publish: Publish,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish("1")
    subscribe(storage, receiver.url, start=BEGINNING)
    read = storage.log.read_fenced

    def cut(*given: Any) -> Any:
        monkeypatch.setattr(storage.log, "read_fenced", read)
        cut_off(storage)
        return read(*given)

    monkeypatch.setattr(storage.log, "read_fenced", cut)
    assert still.pusher.run_once() == 0
    assert (len(still.pusher._registry), queued(storage)) == (0, 1)
    still.until(lambda: queued(storage) == 0)


def test_who_holds_no_lease_is_not_ready_to_deliver(still: Still) -> None:
    with pytest.raises(RuntimeError, match="no lease"):
        still.pusher.check_lease()
    still.round()
    still.pusher.check_lease()
    still.stand_still(4_000)
    with pytest.raises(RuntimeError, match="no lease"):
        still.pusher.check_lease()


def test_who_closes_waits_for_answers_no_longer_than_it_was_told(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    receiver.gate.clear()
    publish("1")
    driven.until(lambda: receiver.deliveries)
    began_ms = driven.steady_ms()
    driven.pusher.close(timeout_ms=300)
    assert 300 <= driven.steady_ms() - began_ms < 3_000
    assert (queued(storage), storage.leases.alive()) == (1, {})
    receiver.gate.set()


def test_who_closes_at_once_waits_for_no_answer(
    storage: Storage,
    still: Still,
    publish: Publish,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    subscribe(storage, receiver.url)
    receiver.gate.clear()
    publish("1")
    still.until(lambda: receiver.deliveries)
    monkeypatch.setattr(still.pusher._client, "wait", lambda _: pytest.fail("waited"))
    still.pusher.close(timeout_ms=0)
    assert (queued(storage), storage.leases.alive()) == (1, {})
    receiver.gate.set()


def test_what_becomes_free_is_taken_with_the_next_beat(
    storage: Storage, still: Still, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    storage.leases.join("other")
    storage.leases.claim("other", 9)
    still.rounds(3)
    assert len(still.pusher._registry) == 0
    storage.leases.leave("other")
    still.rounds(3)
    assert len(still.pusher._registry) == 0
    still.stand_still(2_000)
    still.round()
    assert len(still.pusher._registry) == 1


def test_what_is_too_much_is_let_go_of_with_the_next_beat(
    storage: Storage, still: Still, receiver: Receiver
) -> None:
    for name in ("a", "b"):
        subscribe(storage, receiver.url, name=name)
    still.rounds(2)
    storage.leases.join("other")
    still.stand_still(2_000)
    still.rounds(2)
    assert len(still.pusher._registry) == 1
    assert storage.leases.claim("other", 9) == 1
