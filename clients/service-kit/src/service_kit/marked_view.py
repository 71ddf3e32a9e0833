"""Read transactions that can tell whether they show anything else than the one before.

SQLite counts others' commits (`PRAGMA data_version`) and the connection's own changes; PostgreSQL
names the transactions that a snapshot shows (`pg_current_snapshot`), in whatever database.
"""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine

from service_kit.database import is_sqlite, read_once, reading
from service_kit.outage import outages_translated

_MARK = "service_kit.marked_view"
_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
# Another server, a standby that was promoted for instance, may have come to the same numbers.
_SHOWN = "SELECT concat(pg_current_snapshot(), ' ', pg_postmaster_start_time())"


@contextmanager
def reading_marked(engine: Engine) -> Iterator[Connection]:
    """As `database.reading`, for `mark_of`: on PostgreSQL the view begins, and is asked for its
    mark, in one round trip."""
    if is_sqlite(engine):
        with reading(engine) as connection:
            yield connection
        return
    with outages_translated(), engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")  # it says BEGIN itself
        with connection.begin():
            connection.info[_MARK] = _asked(connection, _BEGIN + _SHOWN)
            yield connection


@contextmanager
def glancing(engine: Engine) -> Iterator[Connection]:
    """For `mark_of` alone, in one round trip: what is read beside it is of another view."""
    with reading(engine) if is_sqlite(engine) else read_once(engine) as connection:
        if is_of_all(connection):
            connection.info[_MARK] = _asked(connection, _SHOWN)
        yield connection


def mark_of(connection: Connection) -> Hashable:
    """What differs where a view of this connection, which `reading_marked` began, shows anything
    else than another of it."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        return (driver.execute("PRAGMA data_version").fetchone()[0], driver.total_changes)
    mark: Hashable = connection.info[_MARK]
    return mark


def is_of_all(connection: Connection) -> bool:
    """Whether a mark means the same whichever connection of the database has it."""
    return connection.dialect.name != "sqlite"


def _asked(connection: Connection, statements: str) -> Hashable:
    driver: Any = connection.connection.driver_connection
    try:
        shown: Hashable = driver.last_cell(statements)
    except BaseException:
        connection.invalidate()  # SQLAlchemy hasn't seen that it is broken
        raise
    return shown
