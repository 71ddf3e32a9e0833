"""Alembic's entry, for every package's `migrations/versions`."""

from service_kit.database import run_migrations

run_migrations()
