"""The bids service on each of its databases."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from service_kit.database import migrate

from bids_service.storage.tables import metadata
from tests.bids_service.service import Service, start
from tests.postgres import postgres_cluster, postgres_url

__all__ = ["postgres_cluster", "postgres_url"]


@pytest.fixture(scope="session")
def migrated_postgres(postgres_cluster: str) -> str:
    """A database of the run's cluster with the service's tables, emptied for each test."""
    name = f"bids_{os.getpid()}"
    with psycopg.connect(postgres_cluster, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = postgres_cluster.removesuffix("postgres") + name
    migrate("bids_service", url)
    return url


def emptied(url: str) -> str:
    """The database of a URL, with its tables empty and its ids at 1 again."""
    names = ", ".join(table.name for table in metadata.sorted_tables)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    """A service of its own for the test, once on SQLite and once on PostgreSQL."""
    if request.param == "postgresql":
        url = emptied(request.getfixturevalue("migrated_postgres"))
    else:
        url = f"sqlite:///{tmp_path / 'bids.sqlite3'}"
        migrate("bids_service", url)
    started = start(url)
    yield started
    started.parts.close()
