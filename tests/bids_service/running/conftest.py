"""The running service on each of its databases, shared by all tests of the folder."""

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from service_kit.database import migrate

from tests.bids_service.running.running import Running, running
from tests.postgres import postgres_cluster

__all__ = ["postgres_cluster"]


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """Every test brings auctions of its own, so one run of the processes serves all."""
    folder: Path = tmp_path_factory.mktemp("bids")
    url = f"sqlite:///{folder / 'bids.sqlite3'}"
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_cluster")
        name = f"running_{os.getpid()}_{folder.name.replace('-', '_')}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        url = server.removesuffix("postgres") + name
    migrate("bids_service", url)
    with running(url, folder) as started:
        yield started
