"""The bids service on each of its databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bids_service.service import Service, start
from tests.postgres import postgres_cluster, postgres_url

__all__ = ["postgres_cluster", "postgres_url"]


@pytest.fixture(params=["sqlite", "postgresql"])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    """A service of its own for the test, once on SQLite and once on PostgreSQL."""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    else:
        url = f"sqlite:///{tmp_path / 'bids.sqlite3'}"
    started = start(url)
    yield started
    started.parts.close()
