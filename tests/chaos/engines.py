"""A migrated database for each round, on either engine."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path
from threading import Lock

import psycopg
from service_kit.schema import migrate

from tests.postgres import cluster, find_initdb

Fresh = Callable[[Path], AbstractContextManager[str]]
"""The URL of a migrated, empty database for a round whose folder is given."""


@contextmanager
def sqlite(folder: Path) -> Iterator[Fresh]:
    """A file in each round's folder."""
    template = folder / "template.sqlite3"
    migrate("bus", f"sqlite:///{template}")

    @contextmanager
    def fresh(folder: Path) -> Iterator[str]:
        yield f"sqlite:///{shutil.copy(template, folder / 'bus.sqlite3')}"

    yield fresh


@contextmanager
def postgresql(_folder: Path) -> Iterator[Fresh]:
    """Databases of a private cluster. Raises RuntimeError where PostgreSQL isn't installed."""
    initdb = find_initdb()
    if initdb is None:
        raise RuntimeError("--engine postgresql needs initdb")
    with cluster(initdb) as url:
        server, numbers, one_at_a_time = url.removesuffix("postgres"), count(1), Lock()
        _execute(url, "CREATE DATABASE template")
        migrate("bus", f"{server}template")

        @contextmanager
        def fresh(_folder: Path) -> Iterator[str]:
            name = f"round_{next(numbers)}"
            with one_at_a_time:
                _execute(url, f"CREATE DATABASE {name} TEMPLATE template")
            yield f"{server}{name}"
            _execute(url, f"DROP DATABASE {name} WITH (FORCE)")

        yield fresh


ENGINES = {"sqlite": sqlite, "postgresql": postgresql}


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())
