"""A migrated database a test, clocks that stand still until told, and the bus in process."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from service_kit.tokens import digest

from bus.app import create_app
from bus.config import Config
from bus.model.token_scope import USUAL_SCOPES
from bus.storage import Logs, Storage, open_logs, open_storage
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


@pytest.fixture(scope="session")
def peopled(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, and the tests' clients have their tokens."""
    path = tmp_path_factory.mktemp("peopled") / "bus.sqlite3"
    shutil.copy(migrated, path)
    opened = open_storage(f"sqlite:///{path}", FakeClock())
    _give_tokens(opened)
    opened.close()
    return path


@pytest.fixture
def sqlite_file(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a migrated SQLite file of the test's own, with clients for who asks for a
    storage."""
    path = tmp_path / "bus.sqlite3"
    template = "peopled" if "storage" in request.fixturenames else "migrated"
    shutil.copy(request.getfixturevalue(template), path)
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
    if url.startswith("postgresql"):
        _give_tokens(opened)
    yield opened
    opened.close()


@pytest.fixture
def another_url(url: str, migrated: Path, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The URL of another migrated database on the same engine."""
    if url.startswith("postgresql"):
        cluster = request.getfixturevalue("postgres_cluster")
        other = request.getfixturevalue("databases").enter_context(fresh_database(cluster, "bus"))
        return str(other)
    shutil.copy(migrated, tmp_path / "two.sqlite3")
    return f"sqlite:///{tmp_path / 'two.sqlite3'}"


@pytest.fixture
def databases() -> Iterator[ExitStack]:
    """Those that go with the test."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def logs(storage: Storage, url: str, another_url: str, clock: FakeClock) -> Iterator[Logs]:
    """Two logs: that of `storage`, and one called `two`."""
    opened = open_logs(url, {"two": another_url}, clock)
    yield opened
    opened.close()


@pytest.fixture
def config(url: str) -> Config:
    return Config(database_url=url, root_key=ROOT_KEY, trusted_hosts=("127.0.0.1", "trusted.test"))


@pytest.fixture
def api(config: Config, storage: Storage, clock: FakeClock) -> FlaskClient:
    """The bus over HTTP, in process, over the same database as `storage`."""
    return create_app(config, logs=Logs(storage), clock=clock).test_client()


def _give_tokens(storage: Storage) -> None:
    storage.clients.add_tokens(
        (name, digest(token), USUAL_SCOPES) for name, token in TOKENS.items()
    )


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A subscriber on a real socket."""
    with receiving() as started:
        yield started
