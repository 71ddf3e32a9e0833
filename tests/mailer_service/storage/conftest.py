"""The mailer's tables on every engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from service_kit.database import connect
from sqlalchemy import Engine

from tests.postgres import fresh_database


@pytest.fixture
def postgres_database(postgres_cluster: str) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database of the test's own."""
    with fresh_database(postgres_cluster, "mailer_service") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, sqlite_copy: Callable[[str], str]) -> Iterator[Engine]:
    if request.param == "sqlite":
        url = sqlite_copy("mailer_service")
    else:
        url = request.getfixturevalue("postgres_database")
    engine = connect(url)
    yield engine
    engine.dispose()
