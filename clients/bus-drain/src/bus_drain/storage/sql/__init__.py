"""State in a SQL database: SQLite or PostgreSQL."""

import sqlite3
from contextlib import ExitStack
from typing import Any

from service_kit.database import connect, database_url
from service_kit.store_clock import clock_of_database
from sqlalchemy import event

from bus_drain.errors import BadSettings
from bus_drain.state import State
from bus_drain.storage.sql.cached import SqlCache
from bus_drain.storage.sql.marks import SqlMarks
from bus_drain.storage.sql.newest import SqlNewest
from bus_drain.storage.sql.owner import SqlOwner
from bus_drain.storage.sql.runs import SqlJobRuns
from bus_drain.storage.sql.seen import SqlSeen
from bus_drain.storage.sql.tables import tables_of
from bus_drain.storage.sql.transactions import alone
from bus_drain.storage.sql.upgrade import upgrade


def open_sql_state(url: str, drain: str) -> State:
    """A drain's state in the database at `url`, its tables made or brought up to date."""
    try:
        database_url(url)
    except ValueError as error:
        raise BadSettings(f"the state's URL {error}") from error
    tables = tables_of(drain)
    engine, hasty = connect(url), connect(url)
    event.listen(hasty, "connect", _without_sync)
    with ExitStack() as opened:
        opened.callback(engine.dispose)
        opened.callback(hasty.dispose)
        with alone(engine, tables.versions) as connection:
            upgrade(connection, tables)
        close = opened.pop_all().close
    return State(
        seen=SqlSeen(hasty, tables.seen),
        newest=SqlNewest(hasty, tables.newest),
        marks=SqlMarks(engine, tables.marks),
        cache=SqlCache(engine, tables.cached, tables.busts),
        runs=SqlJobRuns(engine, tables.runs),
        owner=SqlOwner(engine, tables.owner),
        close=close,
        clock=clock_of_database(engine),
    )


def _without_sync(connection: Any, _record: Any) -> None:
    # What was handled may be forgotten when the power fails: it is handled once more. Waiting for
    # the disk would be most of a delivery's time. Marks, answers and runs do wait.
    cursor = connection.cursor()
    is_sqlite = isinstance(connection, sqlite3.Connection)
    cursor.execute("PRAGMA synchronous=NORMAL" if is_sqlite else "SET synchronous_commit = off")
    cursor.close()
    if not is_sqlite:
        connection.commit()
