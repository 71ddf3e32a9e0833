"""A migrated database for each round, on either engine."""

import fcntl
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Lock

import psycopg
from service_kit.schema import migrate

from tests.postgres import cluster, find_initdb


@dataclass(frozen=True)
class Store:
    """A migrated database for a round: `away` makes it fail everybody, until `back`."""

    url: str
    away: Callable[[], None]
    back: Callable[[], None]


Fresh = Callable[[Path], AbstractContextManager[Store]]
"""A migrated, empty database for a round whose folder is given."""
_END_ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"


@contextmanager
def sqlite(folder: Path) -> Iterator[Fresh]:
    """A file in each round's folder."""
    template = folder / "template.sqlite3"
    migrate("bus", f"sqlite:///{template}")

    @contextmanager
    def fresh(folder: Path) -> Iterator[Store]:
        file = Path(shutil.copy(template, folder / "bus.sqlite3"))
        lock = _Locked(file)
        yield Store(f"sqlite:///{file}", lock.take, lock.release)
        lock.release()

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
        def fresh(_folder: Path) -> Iterator[Store]:
            name = f"round_{next(numbers)}"
            with one_at_a_time:
                _execute(url, f"CREATE DATABASE {name} TEMPLATE template")

            def away() -> None:
                _execute(url, f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
                _execute(url, _END_ALL.format(name))

            def back() -> None:
                _execute(url, f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

            yield Store(f"{server}{name}", away, back)
            _execute(url, f"DROP DATABASE {name} WITH (FORCE)")

        yield fresh


class _Locked:
    """Who writes to a SQLite file waits: it, and the turn of its writers, are held."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._held: ExitStack | None = None

    def take(self) -> None:
        """Hold both."""
        if self._held is not None:
            return
        with ExitStack() as held:
            turn = held.enter_context(open(f"{self._file}-turn", "w"))
            fcntl.flock(turn, fcntl.LOCK_EX)
            connection = sqlite3.connect(self._file, isolation_level=None, timeout=10)
            held.callback(connection.close)
            connection.execute("BEGIN EXCLUSIVE")
            self._held = held.pop_all()

    def release(self) -> None:
        """Let go of both."""
        if self._held is not None:
            self._held.close()
        self._held = None


BOTH = "both"
ENGINES = {"sqlite": sqlite, "postgresql": postgresql}


def _execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())
