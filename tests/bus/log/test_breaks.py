"""How often the store has ended the connections of a process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
from service_kit.errors import StoreUnavailable

from bus.log.connections import Connections


class Store:
    """Its connections break when told to."""

    def __init__(self) -> None:
        self.open: list[Any] = []

    def raw_connection(self) -> Any:
        connection = SimpleNamespace(broken=False, close=lambda: None)
        self.open.append(connection)
        return SimpleNamespace(driver_connection=connection, detach=lambda: None)

    def end_all(self) -> None:
        for connection in self.open:
            connection.broken = True


def use(connections: Connections) -> bool:
    """Whether it was not broken."""

    def work(connection: Any) -> None:
        if connection.broken:
            raise StoreUnavailable("broken")

    try:
        connections.once(work)
    except StoreUnavailable:
        return False
    return True


def answered(connection: Any) -> str:
    if connection.broken:
        raise StoreUnavailable("broken")
    return "an answer"


def test_an_outage_counts_once_though_every_thread_finds_its_own_connection_broken() -> None:
    store: Any = Store()
    connections = Connections(store)
    with ThreadPoolExecutor(1) as other:
        for outages in (1, 2, 3):
            assert (use(connections), other.submit(use, connections).result()) == (True, True)
            store.end_all()
            assert not use(connections)
            assert connections.breaks == outages

            assert use(connections)
            assert not other.submit(use, connections).result()
            assert connections.breaks == outages


def test_what_may_be_repeated_is_though_the_outage_was_counted() -> None:
    store: Any = Store()
    connections = Connections(store)
    with ThreadPoolExecutor(1) as other:
        use(connections)
        other.submit(use, connections).result()
        store.end_all()
        assert not use(connections)

        assert other.submit(connections.repeatable, answered).result() == "an answer"


def test_who_was_idle_in_one_outage_and_opens_anew_finds_the_next() -> None:
    store: Any = Store()
    connections = Connections(store)
    with ThreadPoolExecutor(1) as other:
        use(connections)
        other.submit(use, connections).result()
        store.end_all()
        assert not use(connections)
        assert not other.submit(use, connections).result()
        assert other.submit(use, connections).result()

        store.end_all()
        assert not other.submit(use, connections).result()
        assert connections.breaks == 2


def test_an_error_of_ours_is_no_break() -> None:
    def fail(_connection: Any) -> NoReturn:
        raise LookupError

    connections = Connections(Store())  # type: ignore[arg-type]
    with pytest.raises(LookupError):
        connections.once(fail)
    assert connections.breaks == 0
