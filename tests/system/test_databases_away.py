"""Databases that go away and come back under the whole house: nobody ends, and nothing is lost."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests

from tests.postgres import away, fresh_database
from tests.system.house import House
from tests.waiting import wait_for

SERVICES = ["BUS", "BIDS", "AUCTIONS", "MAILER", "ACCOUNTING"]


@pytest.fixture
def databases(postgres_cluster: str) -> Iterator[dict[str, str]]:
    """An empty database a service, by setting."""
    with ExitStack() as stack:
        yield {
            f"{service}_DATABASE_URL": stack.enter_context(fresh_database(postgres_cluster))
            for service in SERVICES
        }


@contextmanager
def all_away(databases: dict[str, str]) -> Iterator[None]:
    with ExitStack() as stack:
        for url in databases.values():
            stack.enter_context(away(url))
        yield


def is_ready(house: House, name: str) -> bool:
    """Whether a process answers that it is; raises while it doesn't answer at all."""
    assert requests.get(f"{house.url(name)}/healthz", timeout=10).status_code == 200
    return requests.get(f"{house.url(name)}/readyz", timeout=10).status_code == 200


def test_processes_that_start_while_it_is_away_wait_and_become_ready(
    tmp_path: Path, databases: dict[str, str]
) -> None:
    house = House(tmp_path / "var", databases)
    names = [
        name for name in house.commands if name not in {"live", "mailbox", "till"}
    ]  # have none

    def nobody_is_ready() -> bool:
        try:
            return not any(is_ready(house, name) for name in names)
        except requests.RequestException:
            return False

    try:
        with all_away(databases):
            house.launch()
            wait_for(nobody_is_ready, what=house.logs())
        house.wait_until_ready()
        with all_away(databases):
            wait_for(nobody_is_ready, what=house.logs())
        house.wait_until_ready()
        with all_away(databases):
            assert [name for name in house.commands if not house.runs(name)] == []
            assert set(house.stop().values()) <= {0, -15}
        assert "Traceback" not in house.all_output()
        assert max(len(house.output(name)) for name in names) < 50_000
    finally:
        house.close()
