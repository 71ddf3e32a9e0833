"""Contexts in one process, connected by every kind of URL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import redis
from bus_client import Bus, Deliver, connect

Connect = Callable[[str, Deliver | None], Bus]


@pytest.fixture(params=["sqlite", "postgresql", "redis"])
def queue_url(request: pytest.FixtureRequest) -> str:
    """An empty queue, on each engine."""
    return empty_queue(request)


@pytest.fixture(params=["inline", "sqlite", "postgresql", "redis"])
def any_url(request: pytest.FixtureRequest) -> str:
    """Every kind of bus that needs no bus's process."""
    return "inline:" if request.param == "inline" else empty_queue(request)


def empty_queue(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return f"huey:sqlite:///{request.getfixturevalue('tmp_path')}/queue.sqlite3"
    if request.param == "postgresql":
        return f"huey:{request.getfixturevalue('postgres_url')}"
    socket = request.getfixturevalue("redis_socket")
    with redis.Redis(unix_socket_path=socket) as client:
        client.flushall()
    return f"huey:unix://{socket}"


@pytest.fixture
def open_bus(any_url: str) -> Iterator[Connect]:
    """Connects a context by its name; a worker runs where there is one."""
    with ExitStack() as opened:

        def connected(name: str, deliver: Deliver | None) -> Bus:
            return opened.enter_context(connect(any_url, "token", deliver, name=name))

        yield connected


@pytest.fixture
def work(any_url: str) -> Iterator[Callable[[Bus], None]]:
    """Starts the worker of a bus that has one."""
    stopping, threads = threading.Event(), list[threading.Thread]()

    def start(bus: Bus) -> None:
        if any_url != "inline:":
            threads.append(threading.Thread(target=bus.run, args=(stopping,)))
            threads[-1].start()

    yield start
    stopping.set()
    for thread in threads:
        thread.join(20)
