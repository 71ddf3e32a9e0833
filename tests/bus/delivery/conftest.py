"""A pusher, a publisher, and each engine in turn."""

from collections.abc import Iterator

import pytest

from bus.storage import Storage
from tests.bus.clock import FakeClock
from tests.bus.delivery.pushing import Driven, Publish, publishing
from tests.bus.storage.counting import kept_counts, rows_counted


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated database of the test's own, once on each engine."""
    fixture = {"sqlite": "sqlite_file", "postgresql": "postgres_database"}[request.param]
    found: str = request.getfixturevalue(fixture)
    return found


@pytest.fixture(autouse=True)
def quick_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds in which nothing happens are short: tests let them go by by the dozen."""
    monkeypatch.setattr("bus.delivery.tail._POLL_MS", 20)
    monkeypatch.setattr("bus.delivery.tail._STANDBY_POLL_MS", 20)


@pytest.fixture
def driven(storage: Storage, clock: FakeClock) -> Iterator[Driven]:
    """A pusher that the test drives."""
    made = Driven(storage, clock)
    yield made
    made.pusher.close()
    assert kept_counts(storage) == rows_counted(storage)


@pytest.fixture
def publish(storage: Storage) -> Publish:
    """Publish by names."""
    return publishing(storage)
