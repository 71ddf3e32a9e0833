"""Empty databases on either engine, as many as are asked for."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path

import psycopg
from service_kit.database import patiently
from sqlalchemy import Connection, Table

from tests.needs import missing
from tests.postgres import cluster, find_initdb

NewDatabase = Callable[[], str]
"""Makes one; its URL."""


@contextmanager
def on_sqlite() -> Iterator[NewDatabase]:
    """Files that go when it ends."""
    with tempfile.TemporaryDirectory(prefix="gavel-bench-") as folder:
        numbers = count(1)
        yield lambda: f"sqlite:///{Path(folder)}/{next(numbers)}.sqlite3"


@contextmanager
def on_postgres() -> Iterator[NewDatabase]:
    """Databases of a private PostgreSQL; skips the measurement without one."""
    initdb = find_initdb()
    if initdb is None:
        missing("needs PostgreSQL (initdb)")
    with cluster(initdb) as server:
        numbers = count(1)

        def new() -> str:
            name = f"bench_{next(numbers)}"
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            return server.removesuffix("postgres") + name

        yield new


Engine = Callable[[], AbstractContextManager[NewDatabase]]
ENGINES: dict[str, Engine] = {"SQLite": on_sqlite, "PostgreSQL": on_postgres}


def copy_rows(connection: Connection, table: Table, copies: int, **changed: str) -> None:
    """Add so many copies of each row that there is; `changed` are columns as SQL, in which `n` is
    the number of the copy."""
    names = [column.name for column in table.columns]
    values = [changed.get(name, f'{table.name}."{name}"') for name in names]
    columns = ", ".join(f'"{name}"' for name in names)
    with patiently():
        connection.exec_driver_sql(
            "WITH RECURSIVE copies(n) AS "
            f"(SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < {copies}) "
            f"INSERT INTO {table.name} ({columns}) "
            f"SELECT {', '.join(values)} FROM {table.name}, copies"
        )
