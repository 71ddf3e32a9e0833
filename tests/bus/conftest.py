"""A migrated database a test, clocks that stand still until told, and the bus in process."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from service_kit.tokens import digest

from bus.app import create_app
from bus.config import Config
from bus.storage import Storage, open_storage
from tests.bus.clock import FakeClock
from tests.bus.receiver import Receiver, receiving
from tests.postgres import fresh_database
from tests.shared import Shared

ROOT_KEY = "root-key-of-the-tests"
TOKENS = {name: f"{name}-token-of-the-tests" for name in ("publisher", "subscriber", "stranger")}


@pytest.fixture(scope="session")
def migrated(shared: Shared) -> Path:
    """An empty migrated SQLite file, to copy from."""
    return shared.migrated_file("bus")


@pytest.fixture
def sqlite_file(migrated: Path, tmp_path: Path) -> str:
    """The URL of a migrated SQLite file of the test's own."""
    path = tmp_path / "bus.sqlite3"
    shutil.copy(migrated, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_database(postgres_cluster: str) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database of the test's own."""
    with fresh_database(postgres_cluster, "bus") as url:
        yield url


@pytest.fixture
def url(sqlite_file: str) -> str:
    """The URL of a database of the test's own."""
    return sqlite_file


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def storage(url: str, clock: FakeClock) -> Iterator[Storage]:
    opened = open_storage(url, clock)
    for name, token in TOKENS.items():
        opened.clients.add_token(name, digest(token))
    yield opened
    opened.close()


@pytest.fixture
def config(url: str) -> Config:
    return Config(database_url=url, root_key=ROOT_KEY, trusted_hosts=("127.0.0.1", "trusted.test"))


@pytest.fixture
def api(config: Config, storage: Storage, clock: FakeClock) -> FlaskClient:
    """The bus over HTTP, in process, over the same database as `storage`."""
    return create_app(config, storage=storage, clock=clock).test_client()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A subscriber on a real socket."""
    with receiving() as started:
        yield started
