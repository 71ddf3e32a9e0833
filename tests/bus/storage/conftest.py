"""What the store promises holds on every engine, so each test here runs on each."""

import pytest

from tests.bus.postgres import migrated_postgres, postgres_database
from tests.postgres import postgres_cluster

__all__ = ["migrated_postgres", "postgres_cluster", "postgres_database"]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated database of the test's own, once on each engine."""
    fixture = {"sqlite": "sqlite_file", "postgresql": "postgres_database"}[request.param]
    found: str = request.getfixturevalue(fixture)
    return found
