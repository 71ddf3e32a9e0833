"""Transactions: those that change the registry, and those of the delivering hot path, which go by
the database's own driver."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from service_kit.database import is_sqlite, write_lock, writing
from sqlalchemy import Connection, Engine

from bus.log.connections import Connections, check_committed
from bus.log.postgres_append import LOCK
from bus.log.postgres_epoch import enter_epoch

# Needn't wait for the disk; for this transaction only, for behind a pooler the session may be an
# append's next.
_BEGIN = "BEGIN; SET LOCAL synchronous_commit = off"
REGISTRY_CHANGED = "UPDATE bus_state SET registry_version = registry_version + 1"


class Registry:
    """Who may talk to the bus, and what they subscribe to: pushers follow its version."""

    def __init__(
        self,
        engine: Engine,
        notify: Callable[[], None],
        record: Callable[[Connection], None] = lambda _: None,
        follow: Callable[[], None] = lambda: None,
    ) -> None:
        """`record` writes down, inside each transaction, whose act it is; `follow` is called after
        it, for whoever has a copy of the registry."""
        self._engine = engine
        self._follow = follow
        self._notify = notify
        self._record = record

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """A write transaction that raises the version; `tell` is called once it is committed."""
        with self.recording() as connection:
            yield connection
            connection.exec_driver_sql(REGISTRY_CHANGED)
        self.tell()

    @contextmanager
    def preparing(self) -> Iterator[Connection]:
        """The same for what an act begins with, which is recorded when that is done."""
        with writing(self._engine) as connection:
            yield connection
            connection.exec_driver_sql(REGISTRY_CHANGED)
        self.tell()

    @contextmanager
    def recording(self) -> Iterator[Connection]:
        """A write transaction that is somebody's act, and that pushers needn't see."""
        with writing(self._engine) as connection:
            yield connection
            self._record(connection)

    def tell(self) -> None:
        """It has changed, which is committed: wake the pushers, and bring it to the other logs."""
        self._notify()
        self._follow()


class Driver:
    """Reads, and writes that may be lost when the machine loses power, but never out of order.

    A settlement that is lost so is a delivery that is repeated: it needn't wait for the disk.
    Statements have `?` for each value.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._is_sqlite = is_sqlite(engine)
        prepare = _prepare_sqlite if self._is_sqlite else _prepare_postgres
        self._connections = Connections(engine, prepare)

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        """All rows of a query, in a view of its own. Raises StoreUnavailable."""
        asked = self.sql(statement)
        return self._connections.repeatable(
            lambda connection: connection.execute(asked, values).fetchall()
        )

    @contextmanager
    def writing(self) -> Iterator["Statements"]:
        """A write transaction: commits at the end, rolls back on an error. Raises
        StoreUnavailable."""
        mine = self._connections.using()
        with write_lock(self._engine), mine as one, self._transaction(one) as statements:
            yield statements

    @contextmanager
    def appending(self) -> Iterator["Statements"]:
        """The same for one that appends to the log: no append is under way beside it, and it is on
        disk when it returns."""
        with write_lock(self._engine), self._connections.using() as connection:
            if self._is_sqlite:
                connection.execute("PRAGMA synchronous=FULL")
            with self._transaction(connection) as statements:
                if not self._is_sqlite:
                    connection.execute(LOCK)
                yield statements
            if self._is_sqlite:
                connection.execute("PRAGMA synchronous=NORMAL")

    @contextmanager
    def _transaction(self, connection: Any) -> Iterator["Statements"]:
        if self._is_sqlite:
            connection.execute("BEGIN IMMEDIATE")
        else:  # two statements in one go, which can't be prepared
            connection.execute(_BEGIN, prepare=False)
        yield Statements(self, connection.cursor())
        committed = connection.execute("COMMIT")
        if not self._is_sqlite:
            check_committed(connection, committed)

    def sql(self, statement: str) -> str:
        """The statement as this engine's driver wants it."""
        return statement if self._is_sqlite else _percent(statement)

    @property
    def breaks(self) -> int:
        """How often a connection was found broken."""
        return self._connections.breaks

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()


class Statements:
    """What may be done inside a write transaction."""

    def __init__(self, driver: Driver, cursor: Any) -> None:
        self._driver = driver
        self._cursor = cursor

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        """All rows of a query."""
        found: list[Any] = self._cursor.execute(self._driver.sql(statement), values).fetchall()
        return found

    def run(self, statement: str, values: Sequence[object] = ()) -> int:
        """Run a statement; returns how many rows it changed."""
        self._cursor.execute(self._driver.sql(statement), values)
        return int(self._cursor.rowcount)

    def run_each(self, statement: str, rows: Sequence[Sequence[object]]) -> int:
        """Run a statement for each row of values; returns how many rows it changed in all."""
        if not rows:
            return 0
        self._cursor.executemany(self._driver.sql(statement), rows)
        return int(self._cursor.rowcount)


@lru_cache(256)
def _percent(statement: str) -> str:
    return statement.replace("%", "%%").replace("?", "%s")


def _prepare_sqlite(connection: Any) -> None:
    connection.execute("PRAGMA synchronous=NORMAL")


def _prepare_postgres(connection: Any) -> None:
    connection.autocommit = True  # we say BEGIN ourselves
    # Planning anew, or compiling, would cost more than these small statements do.
    connection.execute("SET plan_cache_mode = force_generic_plan")
    connection.execute("SET jit = off")
    # A pusher that stops in the middle of a settlement must not hold its rows for ever.
    connection.execute("SET idle_in_transaction_session_timeout = '10s'")
    enter_epoch(connection)
