"""Two relays of one outbox: as a second worker that somebody starts, on whatever machine."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from service_kit.database import connect
from service_kit.errors import StoreUnavailable
from service_kit.outbox import Outbox, Relay
from service_kit.outbox.turn import turn
from sqlalchemy import Engine, Table, text

from tests.clients.service_kit.outbox.conftest import Add
from tests.waiting import wait_for


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "postgresql":
        yield request.getfixturevalue("postgres_url")
    else:
        yield f"sqlite:///{tmp_path}/db.sqlite3"


class Published:
    """Keeps what relays publish; in the middle of a call another relay looks."""

    def __init__(self) -> None:
        self.urls: list[str] = []
        self.others: list[Relay] = []
        self.found_by_others: list[int] = []

    def publish(self, _topic: str, events: Sequence[Any]) -> None:
        self.found_by_others += [relay.publish_waiting() for relay in self.others]
        self.urls += [event["url"] for event in events]


def test_while_one_relay_publishes_another_leaves_the_outbox_to_it(
    engine: Engine, url: str, table: Table, outbox: Outbox, add: Add
) -> None:
    published, elsewhere = Published(), connect(url)
    mine, other = (Relay(at, table, published.publish) for at in (engine, elsewhere))
    published.others = [other]
    add("1", "2")
    assert mine.publish_waiting() == 2
    assert published.found_by_others == [0]
    assert published.urls == ["https://x.example/1", "https://x.example/2"]
    published.others = []
    add("1")
    assert other.publish_waiting() == 1
    elsewhere.dispose()


def test_the_turn_of_a_relay_that_was_killed_is_free(
    url: str, engine: Engine, table: Table
) -> None:
    code = (
        "import sys, time; from service_kit.database import connect;"
        "from service_kit.outbox.turn import turn;"
        "from tests.clients.service_kit.outbox.conftest import TABLE;"
        "turned = turn(connect(sys.argv[1]), TABLE); keep = turned.__enter__();"
        "print(keep is not None, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        with turn(engine, table) as keep:
            assert keep is None
        other.kill()

    def is_free() -> bool:
        with turn(engine, table) as keep:
            return keep is not None

    wait_for(is_free)


def test_a_relay_that_lost_its_turn_publishes_no_more(postgres_url: str, table: Table) -> None:
    engine = connect(postgres_url)
    with pytest.raises(StoreUnavailable), turn(engine, table) as keep:
        assert keep is not None
        with engine.connect() as other, other.begin():
            other.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                    " AND database = (SELECT oid FROM pg_database WHERE datname ="
                    " current_database())"
                )
            )
        keep()
    engine.dispose()
