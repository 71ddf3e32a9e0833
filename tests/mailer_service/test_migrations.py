"""The migrations make the tables that the code declares, on every engine."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from service_kit.database import connect, migrate

from mailer_service.storage.tables import metadata


def test_a_migrated_database_lacks_nothing(database_url: str) -> None:
    migrate("mailer_service", database_url)
    engine = connect(database_url)

    with engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), metadata)

    engine.dispose()
    assert difference == []


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    for _ in range(2):
        migrate("mailer_service", database_url)
