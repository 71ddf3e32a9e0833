"""Alembic's entry, for every package's `migrations/versions`."""

from service_kit.schema import run_migrations

run_migrations()
