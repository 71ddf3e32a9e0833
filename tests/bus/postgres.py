"""A migrated bus on PostgreSQL for a test, copied from one that is migrated once a run."""

from collections.abc import Iterator
from itertools import count

import psycopg
import pytest
from service_kit.database import migrate

_numbers = count(1)
_TEMPLATE = "bus_migrated"


@pytest.fixture(scope="session")
def migrated_postgres(postgres_cluster: str) -> str:
    """The URL of the cluster, with a database to copy from."""
    with psycopg.connect(postgres_cluster, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {_TEMPLATE}")
    migrate("bus", postgres_cluster.removesuffix("postgres") + _TEMPLATE)
    return postgres_cluster


@pytest.fixture
def postgres_database(migrated_postgres: str) -> Iterator[str]:
    """The URL of a migrated database of the test's own."""
    name = f"bus_{next(_numbers)}"
    with psycopg.connect(migrated_postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
        yield migrated_postgres.removesuffix("postgres") + name
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
