"""Alembic's entry: the kit runs the migrations of the bids service's tables."""

from service_kit.database import run_migrations

from bids_service.storage.tables import metadata

run_migrations(metadata)
