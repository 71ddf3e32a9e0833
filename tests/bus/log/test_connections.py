"""A connection a thread: kept while all is well, closed once when something fails."""

import os
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from service_kit.errors import StoreUnavailable

from bus.log.connections import Connections, check_committed


class Connection:
    """Counts how often it is closed."""

    def __init__(self) -> None:
        self.closed = 0
        self.broken = False

    def close(self) -> None:
        self.closed += 1


class Engine:
    """Opens connections, and keeps what it has opened."""

    def __init__(self) -> None:
        self.opened: list[Connection] = []
        self.detached = 0

    def raw_connection(self) -> Any:
        self.opened.append(Connection())
        return SimpleNamespace(driver_connection=self.opened[-1], detach=self._detach)

    def _detach(self) -> None:
        self.detached += 1


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def prepared() -> list[Any]:
    return []


@pytest.fixture
def connections(engine: Engine, prepared: list[Any]) -> Connections:
    return Connections(engine, prepared.append)  # type: ignore[arg-type]


def same(connection: Any) -> Any:
    return connection


def test_a_thread_keeps_its_connection_and_another_has_another(
    connections: Connections, engine: Engine, prepared: list[Any]
) -> None:
    found = [connections.once(same), connections.repeatable(same)]
    thread = threading.Thread(target=lambda: found.append(connections.once(same)))
    thread.start()
    thread.join(10)
    assert found == [engine.opened[0], engine.opened[0], engine.opened[1]]
    assert (prepared, engine.detached) == (engine.opened, 2)
    assert [one.closed for one in engine.opened] == [0, 0]


def test_whatever_fails_ends_the_connection_and_the_next_work_has_another(
    connections: Connections, engine: Engine
) -> None:
    with pytest.raises(KeyError), connections.using():
        raise KeyError
    with pytest.raises(KeyError):
        connections.once(lambda _: {}["missing"])
    assert connections.once(same) is engine.opened[2]
    assert ([one.closed for one in engine.opened], connections.breaks) == ([1, 1, 0], 0)
    connections.close()
    assert [one.closed for one in engine.opened] == [1, 1, 1]
    connections.close()
    assert [one.closed for one in engine.opened] == [1, 1, 1]
    assert connections.once(same) is engine.opened[3]


def test_work_that_may_be_repeated_is_when_its_connection_was_broken(
    connections: Connections, engine: Engine
) -> None:
    def work(connection: Connection) -> Connection:
        if connection is engine.opened[0]:
            connection.broken = True
            raise OSError("cut")
        return connection

    assert connections.repeatable(work) is engine.opened[1]
    assert (connections.breaks, [one.closed for one in engine.opened]) == (1, [1, 0])


def test_work_that_fails_by_itself_is_not_repeated(
    connections: Connections, engine: Engine
) -> None:
    tried: list[Any] = []

    def work(connection: Connection) -> None:
        tried.append(connection)
        raise KeyError

    with pytest.raises(KeyError):
        connections.repeatable(work)
    assert (tried, connections.breaks) == (engine.opened, 0)
    assert [one.closed for one in engine.opened] == [1]


def test_a_process_that_was_forked_leaves_what_there_was_to_its_parent(
    connections: Connections, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections.once(same)
    monkeypatch.setattr(os, "getpid", lambda: 1)
    assert connections.once(same) is connections.once(same) is engine.opened[1]
    connections.close()
    assert [one.closed for one in engine.opened] == [0, 1]


@pytest.mark.parametrize(
    ("answer", "is_committed"),
    [
        (SimpleNamespace(statusmessage="COMMIT"), True),
        (SimpleNamespace(statusmessage="ROLLBACK"), False),
    ],
)
def test_a_commit_that_was_answered_otherwise_has_not_happened(
    answer: Any, is_committed: bool
) -> None:
    connection = SimpleNamespace(check_lasting=lambda: None)
    if is_committed:
        check_committed(connection, answer)
    else:
        with pytest.raises(StoreUnavailable, match="ROLLBACK"):
            check_committed(connection, answer)
