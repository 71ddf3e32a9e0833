"""huey's queue: what waits there has an end."""

import threading

import psycopg
import pytest
from bus_client.jobs.consumer import consume
from bus_client.jobs.queue import open_queue
from psycopg import OperationalError


def test_a_queue_in_a_postgresql_that_stops_answering_is_waited_for_so_long(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bus_client.jobs.queue._ANSWER_S", 0.2)
    storage = open_queue(postgres_url).storage
    asked = storage.conn.info.get_parameters()
    assert (asked["connect_timeout"], asked["target_session_attrs"]) == ("5", "read-write")
    assert storage.sql("SHOW lock_timeout", results=True) == [("5s",)]
    with pytest.raises(OperationalError, match="no answer"):
        storage.sql("SELECT pg_sleep(60)")
    assert storage.queue_size() == 0
    assert storage.dequeue() is None
    storage.close()


def test_a_queues_url_has_the_last_word_on_its_waits(postgres_url: str) -> None:
    storage = open_queue(f"{postgres_url}?connect_timeout=2").storage
    assert storage.conn.info.get_parameters()["connect_timeout"] == "2"
    storage.close()


def test_who_has_worked_leaves_no_connection_open(postgres_url: str) -> None:
    huey, stopping = open_queue(postgres_url), threading.Event()
    ticks: list[int] = []

    def tick() -> None:
        ticks.append(huey.storage.queue_size())
        if len(ticks) == 2:
            stopping.set()

    consume(huey, tick, stopping, workers=3)
    huey.storage.close()

    with psycopg.connect(postgres_url) as here:
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        assert here.execute(others).fetchone() == (1,)
