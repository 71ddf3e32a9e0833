"""The running service on each of its databases, shared by all tests of the folder."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.bids_service.running.running import Running, running
from tests.postgres import fresh_database
from tests.shared import Shared


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, shared: Shared
) -> Iterator[Running]:
    """Every test brings auctions of its own, so one run of the processes serves all."""
    folder = tmp_path_factory.mktemp("bids")
    with ExitStack() as stack:
        if request.param == "postgresql":
            cluster_url = request.getfixturevalue("postgres_cluster")
            url = stack.enter_context(fresh_database(cluster_url, "bids_service"))
        else:
            file = shutil.copy(shared.migrated_file("bids_service"), folder)
            url = f"sqlite:///{file}"
        yield stack.enter_context(running(url, folder))
