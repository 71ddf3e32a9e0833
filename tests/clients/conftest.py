"""A Redis of the run's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.redis_server import redis_server


@pytest.fixture(scope="session")
def redis_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Redis server of the run's own, on a Unix socket."""
    with redis_server(tmp_path_factory.mktemp("redis")) as socket:
        yield socket
