"""One at a time, by a name of one's choice."""

from sqlalchemy import Connection, func, select


def take_turn(conn: Connection, name: str) -> None:
    """Wait until nobody else who took this turn is in their transaction. SQLite has one writer at a
    time anyway."""
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
