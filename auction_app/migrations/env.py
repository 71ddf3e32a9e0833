"""Alembic's entry: the tables of the web app."""

from service_kit.database import run_migrations

from auction_app.storage.tables import metadata

run_migrations(metadata)
