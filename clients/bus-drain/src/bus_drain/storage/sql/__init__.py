"""State in a SQL database: SQLite or PostgreSQL."""

from service_kit.database import connect

from bus_drain.state import State
from bus_drain.storage.sql.cached import SqlCache
from bus_drain.storage.sql.marks import SqlMarks
from bus_drain.storage.sql.newest import SqlNewest
from bus_drain.storage.sql.runs import SqlRuns
from bus_drain.storage.sql.seen import SqlSeen
from bus_drain.storage.sql.tables import metadata
from bus_drain.storage.sql.transactions import alone


def open_sql_state(url: str) -> State:
    """The state in the database at `url`, its tables made if they are missing."""
    engine = connect(url)
    with alone(engine, "tables") as connection:
        metadata.create_all(connection)
    return State(
        seen=SqlSeen(engine),
        newest=SqlNewest(engine),
        marks=SqlMarks(engine),
        cache=SqlCache(engine),
        runs=SqlRuns(engine),
        close=engine.dispose,
    )
