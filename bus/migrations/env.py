"""Alembic's entry: the kit runs the migrations of the bus's tables."""

from service_kit.database import run_migrations

from bus.storage.tables import metadata

run_migrations(metadata)
