"""The tables that migrations make are the tables that the code declares."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from service_kit import database

from bus.storage.tables import metadata


def test_migrations_make_the_declared_tables(url: str) -> None:
    engine = database.connect(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"render_as_batch": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()
