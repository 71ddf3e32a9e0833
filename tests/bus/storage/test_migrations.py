"""The tables that migrations make are the tables that the code declares."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from service_kit import database
from service_kit.database import writing
from service_kit.schema import migrate

from bus.storage import open_storage
from bus.storage.tables import metadata
from tests.bus.clock import FakeClock
from tests.postgres import fresh_database


@pytest.fixture(params=["sqlite", "postgresql"])
def unmigrated(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/unmigrated.sqlite3"
    else:
        with fresh_database(request.getfixturevalue("postgres_cluster")) as url:
            yield url


def test_a_secret_that_still_signs_does_so_after_the_upgrade(
    unmigrated: str, clock: FakeClock
) -> None:
    migrate("bus", unmigrated, to="0006")
    engine = database.connect(unmigrated)
    with writing(engine) as connection:
        connection.exec_driver_sql("INSERT INTO clients (name, created_at_ms) VALUES ('ada', 0)")
        for name, previous, until_ms in (("one", "'whsec_old'", 10), ("two", "NULL", 0)):
            connection.exec_driver_sql(
                "INSERT INTO subscriptions (client_id, name, callback, uuid, max_events,"
                " concurrency, coalesce, format, secret, previous_secret, previous_until_ms, state,"
                " state_since_ms, created_at_ms) VALUES (1, "
                f"'{name}', 'https://s.example/', 'u', 100, 1, false, 'routemaster', 'whsec_new',"
                f" {previous}, {until_ms}, 'active', 0, 0)"
            )
    engine.dispose()
    migrate("bus", unmigrated)
    storage = open_storage(unmigrated, clock)
    ada = storage.clients.id_of("ada")
    assert storage.subscriptions.secrets(ada, "one").valid(9) == ("whsec_new", "whsec_old")
    assert storage.subscriptions.secrets(ada, "one").valid(10) == ("whsec_new",)
    assert storage.subscriptions.secrets(ada, "two").valid(9) == ("whsec_new",)
    storage.close()


def test_migrations_make_the_declared_tables(url: str) -> None:
    engine = database.connect(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"render_as_batch": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()
