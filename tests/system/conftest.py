"""One house for a module, one browser for all."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.house import House, fresh_databases, open_house
from tests.system.smtp import Letters, smtp_server


@pytest.fixture
def letters() -> Iterator[Letters]:
    """A real SMTP server of the test's own."""
    with smtp_server() as letters:
        yield letters


@pytest.fixture
def stage() -> str:
    """The stage of the house; tests that run in several are parametrised by it."""
    return "soa"


@pytest.fixture
def house(tmp_path: Path, letters: Letters, stage: str) -> Iterator[House]:
    """All processes of the stage, mailing to `letters`."""
    with open_house(
        tmp_path / "var",
        STAGE=stage,
        SMTP_URL=f"smtp://127.0.0.1:{letters.port}",
        AUCTIONS_MIN_DURATION_S="1",
    ) as house:
        yield house


@pytest.fixture
def released_house(tmp_path: Path, letters: Letters) -> Iterator[House]:
    """The same on its first day, before any of its processes was started."""
    smtp = {"SMTP_URL": f"smtp://127.0.0.1:{letters.port}"}
    house = House(tmp_path / "var", smtp, released=True)
    yield house
    house.close()


@pytest.fixture
def house_on_postgres(tmp_path: Path, letters: Letters, postgres_cluster: str) -> Iterator[House]:
    """The same with every service's data in PostgreSQL: nothing but URLs is different."""
    with (
        fresh_databases(postgres_cluster) as databases,
        open_house(
            tmp_path / "var",
            SMTP_URL=f"smtp://127.0.0.1:{letters.port}",
            AUCTIONS_MIN_DURATION_S="1",
            **databases,
        ) as house,
    ):
        yield house
