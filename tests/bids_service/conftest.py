"""The bids service on each of its databases."""

from collections.abc import Callable, Iterator

import pytest

from tests.bids_service.service import Service, start
from tests.postgres import fresh_database


@pytest.fixture
def postgres_database(postgres_cluster: str) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database of the test's own."""
    with fresh_database(postgres_cluster, "bids_service") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def service(request: pytest.FixtureRequest, sqlite_copy: Callable[[str], str]) -> Iterator[Service]:
    """A service of its own for the test, once on SQLite and once on PostgreSQL."""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_database")
    else:
        url = sqlite_copy("bids_service")
    started = start(url)
    yield started
    started.parts.close()
