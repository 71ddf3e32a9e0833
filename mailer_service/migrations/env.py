"""Alembic's entry: migrate the mailer's tables."""

from service_kit.database import run_migrations

from mailer_service.storage.tables import metadata

run_migrations(metadata)
