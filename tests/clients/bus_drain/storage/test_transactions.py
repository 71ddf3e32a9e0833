"""Who changes a table alone waits for who does already, and for nobody else."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from bus_drain.storage.sql.transactions import alone
from service_kit.database import connect, reading
from sqlalchemy import Engine, MetaData, Table, text

from tests.waiting import wait_for

ONE, OTHER = (Table(name, MetaData()) for name in ("one", "other"))


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    engine = connect(postgres_url)
    yield engine
    engine.dispose()


def are_waiting(engine: Engine) -> int:
    """How many wait for a lock of this database."""
    asked = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with reading(engine) as connection:
        return int(connection.execute(asked).scalar_one())


def test_the_second_waits_for_the_first_and_another_table_for_nobody(engine: Engine) -> None:
    is_in = threading.Event()

    def second() -> None:
        with alone(engine, ONE):
            is_in.set()

    thread = threading.Thread(target=second)
    with alone(engine, ONE):
        thread.start()
        wait_for(lambda: is_in.is_set() or are_waiting(engine))
        assert not is_in.is_set()
        with alone(engine, OTHER):
            pass
    assert is_in.wait(20)
    thread.join(20)
