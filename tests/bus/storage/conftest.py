"""What the store promises holds on every engine, so each test here runs on each."""

import pytest


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated database of the test's own, once on each engine."""
    fixture = {"sqlite": "sqlite_file", "postgresql": "postgres_database"}[request.param]
    found: str = request.getfixturevalue(fixture)
    return found
