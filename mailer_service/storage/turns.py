"""One at a time for one recipient: what is counted and what follows from it must not race."""

from sqlalchemy import Connection, func, select


def take_turn(connection: Connection, key: str) -> None:
    """Blocks until no other transaction has this key; it ends with this transaction.

    On SQLite there is one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
