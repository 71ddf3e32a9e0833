"""The yardstick of appending: the database's own driver, committing the rows that the bus would."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from typing import Any

import psycopg

from bus.log.append_plan import COLUMNS, Row
from bus.model.event import event_head, whole_event
from tests.bench.house import House
from tests.bench.measuring import TURN_S


def raw_appends(house: House, events_a_commit: int) -> Iterator[float]:
    """Events a second of one turn after the other: executemany and a commit, in a loop."""
    if house.database_url.startswith("sqlite"):
        yield from _sqlite(house.database_url.removeprefix("sqlite:///"), events_a_commit)
        return
    with psycopg.connect(house.database_url) as connection:
        yield from _rates(connection.cursor(), connection.commit, "%s", events_a_commit)


def _sqlite(path: str, events_a_commit: int) -> Iterator[float]:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        yield from _rates(connection.cursor(), connection.commit, "?", events_a_commit)


def _rates(
    cursor: Any, commit: Callable[[], None], mark: str, events_a_commit: int
) -> Iterator[float]:
    insert = f"INSERT INTO events ({COLUMNS}) VALUES ({', '.join([mark] * 9)})"
    rows = _rows()
    while True:
        done, spent_s = 0, 0.0
        while spent_s < TURN_S:
            batch = list(islice(rows, events_a_commit))
            start = time.perf_counter()
            cursor.executemany(insert, batch)
            commit()
            spent_s += time.perf_counter() - start
            done += len(batch)
        yield done / spent_s


def _rows() -> Iterator[Row]:
    position = size = 0
    while True:
        position += 1
        url = f"https://bids.example/bids/{position % 1000}"
        body = whole_event(
            event_head("bids", "update", url, 1, None), f"bench-{position}", position
        )
        size += len(body)
        yield (position, "bids", position, "update", url, 1, None, body, size)
