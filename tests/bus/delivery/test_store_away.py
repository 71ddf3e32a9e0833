"""The store fails at any statement of a round, or for a while: nobody sleeps for ever."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from service_kit.errors import StoreUnavailable
from sqlalchemy import event

from bus.log.connections import Connections
from bus.storage import Storage
from tests.bus.delivery.pushing import Driven, Publish, overview, queued, subscribe, urls
from tests.bus.receiver import Receiver, Reply
from tests.waiting import wait_for


class Statements:
    """Counts what is asked of the store, and lets it fail where it is told to."""

    def __init__(self) -> None:
        self.asked = 0
        self.fails: Callable[[int], bool] = lambda _: False

    def fail_once(self, at: int) -> None:
        """Fail the statement that comes so many after this."""
        self.asked, self.fails = 0, lambda asked: asked == at

    def ask(self, *_: Any) -> None:
        self.asked += 1
        if self.fails(self.asked):
            raise StoreUnavailable("away")


@pytest.fixture
def statements(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Statements]:
    made = Statements()
    open_mine = Connections._open_mine

    def asked(connections: Connections) -> Any:
        made.ask()
        return open_mine(connections)

    monkeypatch.setattr(Connections, "_open_mine", asked)
    event.listen(storage.engine, "before_cursor_execute", made.ask)
    yield made
    made.fails = lambda _: False


def until_tried(driven: Driven, receiver: Receiver, statements: Statements, at: int) -> None:
    """Rounds as the worker's loop makes them, what fails is tried again, until one more delivery
    was made although statement `at` has failed."""
    tried = len(receiver.deliveries)

    def checked() -> bool:
        with suppress(StoreUnavailable):
            driven.round()
        return len(receiver.deliveries) > tried and statements.asked >= at

    wait_for(checked)


def test_at_whatever_statement_the_store_fails_who_backs_off_is_looked_at_again(
    storage: Storage,
    driven: Driven,
    publish: Publish,
    receiver: Receiver,
    statements: Statements,
) -> None:
    subscribe(storage, receiver.url)
    receiver.decide = lambda _: Reply(500)
    publish("first")
    driven.until(lambda: overview(storage).health.failures == 1)
    for at in range(1, 25):
        driven.forward(600_000)
        statements.fail_once(at)
        until_tried(driven, receiver, statements, at)
        statements.fails = lambda _: False
        driven.until(lambda: not driven.pusher._client.in_flight)
    receiver.decide = lambda _: Reply()
    driven.forward(600_000)
    driven.until(lambda: queued(storage) == 0)


def test_a_store_that_is_away_for_a_while_makes_nobody_sleep(
    storage: Storage,
    driven: Driven,
    publish: Publish,
    receiver: Receiver,
    statements: Statements,
) -> None:
    subscribe(storage, receiver.url)
    receiver.statuses = [500]
    publish("a")
    driven.until(lambda: overview(storage).health.failures == 1)
    statements.fails = lambda _: True
    for _ in range(5):
        driven.forward(1_000)
        with suppress(StoreUnavailable):
            driven.round()
    statements.fails = lambda _: False
    driven.until(lambda: queued(storage) == 0)
    assert receiver.urls == urls("a", "a")


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_reads_are_repeated_when_all_connections_were_ended(storage: Storage, url: str) -> None:
    storage.leases.read_fence()
    storage.log.last_position()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert storage.leases.read_fence().first_position == 0
    assert storage.log.last_position() == 0


def test_who_was_not_woken_is_looked_at_within_half_a_minute(
    storage: Storage, driven: Driven, publish: Publish, receiver: Receiver
) -> None:
    subscribe(storage, receiver.url)
    receiver.statuses = [500]
    publish("a")
    driven.until(lambda: overview(storage).health.failures == 1)
    driven.pusher._run_queue.__init__()  # type: ignore[misc]  # as a bug might forget
    driven.forward(30_000)
    driven.until(lambda: queued(storage) == 0)
