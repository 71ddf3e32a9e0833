"""SQLite keeps anything in any cell: one that nobody can read stops no loop and no list."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import product

import pytest
from flask.testing import FlaskClient
from sqlalchemy import String, Table

from bus.model.subscription import State
from bus.storage import Storage
from bus.storage.tables import metadata
from tests.bus.api.calling import call
from tests.bus.clock import FakeClock
from tests.bus.delivery.pushing import Driven, overview, publishing, subscribe
from tests.bus.receiver import Receiver

SUBSCRIPTION = "/clients/subscriber/subscriptions/damaged"
LISTS = (
    "/topics",
    "/asyncapi.json",
    "/subscriptions",
    "/subscriptions/dead",
    "/audit",
    "/overview",
    "/overview/subscriptions",
    "/api_tokens",
    "/history",
    "/metrics",
    "/pulse/scaling",
    "/events?after=beginning",
    SUBSCRIPTION,
    *(f"{SUBSCRIPTION}/{name}" for name in ("attempts", "dead-letters", "parked", "diagnosis")),
)
NO_TEXT = ("CAST(x'ff41' AS TEXT)", "x'00ff'", "'no such thing'")
TABLES = [table for table in metadata.sorted_tables if table.name not in {"pushers", "bus_state"}]


@pytest.fixture
def pusher(storage: Storage, clock: FakeClock, receiver: Receiver) -> Iterator[Driven]:
    for name in ("damaged", "sound"):
        subscribe(storage, f"{receiver.url}/{name}", "bids", name=name)
    publishing(storage)("1")
    driven = Driven(storage, clock)
    driven.until(lambda: overview(storage, "sound").sent and overview(storage, "damaged").sent)
    yield driven
    driven.pusher.close()


def texts(table: Table) -> list[str]:
    return [column.name for column in table.c if isinstance(column.type, String)]


def damage(url: str, table: str, column: str, expression: str) -> None:
    """One cell of each row."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute(f'UPDATE {table} SET "{column}" = {expression}')


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_every_list_answers(url: str, api: FlaskClient, storage: Storage, table: Table) -> None:
    for name in ("damaged", "sound"):
        subscribe(storage, "https://s.example/", "bids", name=name)
    publishing(storage)("1")
    path = url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        if connection.execute(f"SELECT count(*) FROM {table.name}").fetchone() == (0,):
            cells = ["'x'" if isinstance(one.type, String) else "1" for one in table.c]
            connection.execute(f"INSERT INTO {table.name} VALUES ({', '.join(cells)})")
        for column, expression in product(texts(table), NO_TEXT):
            connection.execute("BEGIN")
            kept = connection.execute(f"SELECT * FROM {table.name}").fetchall()
            connection.execute(f'UPDATE OR REPLACE {table.name} SET "{column}" = {expression}')
            connection.execute("COMMIT")
            found = {path: call(api, "GET", path, by="root").status_code for path in LISTS}
            bad = {path: status for path, status in found.items() if status >= 500}
            assert not bad, (column, expression)
            connection.execute("BEGIN")
            connection.execute(f"DELETE FROM {table.name}")
            marks = ", ".join("?" * len(table.c))
            connection.executemany(f"INSERT INTO {table.name} VALUES ({marks})", kept)
            connection.execute("COMMIT")


@pytest.mark.parametrize(
    ("column", "expression"),
    [
        ("secret", "CAST(x'ff' AS TEXT)"),
        ("callback", "x'00ff'"),
        ("uuid", "CAST(x'ff0a' AS TEXT)"),
        ("retry", "'{'"),
        ("state", "x'61'"),
    ],
)
def test_one_that_nobody_can_deliver_holds_up_no_other(
    url: str, storage: Storage, pusher: Driven, column: str, expression: str
) -> None:
    path = url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            f"UPDATE subscriptions SET {column} = {expression} WHERE name = 'damaged'"
        )
    subscribe(storage, "https://other.example/", "other", name="other")  # all is read anew
    publishing(storage)("2")
    pusher.until(lambda: overview(storage, "sound").sent == 2)
    publishing(storage)("3")
    pusher.until(lambda: overview(storage, "sound").sent == 3)


def test_what_nobody_can_read_is_disabled_until_it_is_put_again(
    url: str, api: FlaskClient, storage: Storage, pusher: Driven
) -> None:
    damage(url, "subscriptions", "format", "CAST(x'ff' AS TEXT)")
    assert overview(storage, "damaged").subscription.state is State.DISABLED
    findings = call(api, "GET", f"{SUBSCRIPTION}/diagnosis", by="root").get_json()["findings"]
    assert "can't be read" in findings[0]["said"]
    subscribe(storage, overview(storage, "damaged").subscription.callback, "bids", name="damaged")
    publishing(storage)("2")
    pusher.until(lambda: overview(storage, "damaged").sent == 2)


def test_what_was_left_behind_comes_again_when_nobody_can_read_it(
    url: str, storage: Storage, pusher: Driven
) -> None:
    damage(url, "cursors", "left_behind", "'no json'")
    cursor = overview(storage, "damaged").cursor
    assert (cursor.reached, cursor.left_behind) == (cursor.position, ())
    assert pusher
