"""Transactions whose errors speak the drain's language."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from service_kit import database
from service_kit.errors import StoreUnavailable
from sqlalchemy import Connection, Engine, Table, func, select
from sqlalchemy.exc import SQLAlchemyError

from bus_drain.errors import StateUnavailable


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A read transaction. Raises StateUnavailable."""
    with _translated(engine), database.reading(engine) as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A write transaction. Raises StateUnavailable."""
    with _translated(engine), database.writing(engine) as connection:
        yield connection


@contextmanager
def alone(engine: Engine, table: Table) -> Iterator[Connection]:
    """A write transaction, the only one of those on `table`: SQLite has one writer anyway."""
    with writing(engine) as connection:
        if not database.is_sqlite(engine):
            lock = func.hashtext(table.name)
            connection.execute(select(func.pg_advisory_xact_lock(lock)))
        yield connection


@contextmanager
def raw_reading(engine: Engine) -> Iterator[Any]:
    """The driver's own connection, for one statement that every delivery makes. Raises
    StateUnavailable."""
    with _translated(engine):
        pooled = engine.raw_connection()
        try:
            yield pooled.driver_connection
        finally:
            pooled.close()  # back to the pool, rolled back


@contextmanager
def raw_writing(engine: Engine) -> Iterator[Any]:
    """The same for one statement that writes: committed at the end."""
    with _translated(engine), database.write_lock(engine), raw_reading(engine) as driver:
        yield driver
        driver.commit()


@contextmanager
def _translated(engine: Engine) -> Iterator[None]:
    try:
        yield
    except StoreUnavailable as error:
        raise StateUnavailable(str(error)) from error
    except (SQLAlchemyError, engine.dialect.loaded_dbapi.Error) as error:
        raise StateUnavailable(type(error).__name__) from error
