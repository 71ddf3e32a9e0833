"""One relay of an outbox at a time, on whatever machines they run (docs/delivery.md D31).

Two would publish the same events, and those of one URL in another order.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, Table, func, select

from service_kit.database import is_sqlite
from service_kit.outage import outages_translated

Keep = Callable[[], None]
"""Says that it is still ours, and keeps it: to be called before each call of the bus. Raises
StoreUnavailable."""


@contextmanager
def turn(engine: Engine, table: Table) -> Iterator[Keep | None]:
    """Be the relay of an outbox; None is yielded while another one is. It ends with the process
    that has it, also when that is killed. Raises StoreUnavailable."""
    if not is_sqlite(engine):
        with _of_database(engine, table.name) as keep:
            yield keep
    elif engine.url.database in {None, "", ":memory:"}:
        yield _is_ours
    else:
        with _of_file(f"{engine.url.database}-relay") as keep:
            yield keep


@contextmanager
def _of_database(engine: Engine, name: str) -> Iterator[Keep | None]:
    """For the length of a transaction, which PostgreSQL ends 30 s after we were heard of last."""
    lock = select(func.pg_try_advisory_xact_lock(func.hashtextextended(f"relay {name}", 0)))
    with outages_translated(), engine.connect() as connection, connection.begin():

        def keep() -> None:
            with outages_translated():
                connection.exec_driver_sql("SELECT 1")

        yield keep if connection.execute(lock).scalar_one() else None


@contextmanager
def _of_file(path: str) -> Iterator[Keep | None]:
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield _is_ours if _locked(file) else None
    finally:
        os.close(file)  # closing releases the lock


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_ours() -> None:
    """Nobody can take it from us."""
