"""Every engine, one after the other, fresh for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from bus_drain.state import State
from bus_drain.storage import open_state


@pytest.fixture(params=["sqlite", "postgresql", "redis"])
def state_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty state may live."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state.sqlite3"
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    socket = request.getfixturevalue("redis_socket")
    with redis.Redis(unix_socket_path=socket) as client:
        client.flushall()
    return f"unix://{socket}"


@pytest.fixture
def state(state_url: str) -> Iterator[State]:
    state = open_state(state_url)
    yield state
    state.close()
