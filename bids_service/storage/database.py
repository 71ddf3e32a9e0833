"""The database: its connections, its transactions, and who is woken after one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from service_kit import database
from service_kit.notify import Channel, NotifyChannel, OpenChannel
from service_kit.schema import check_ready
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

T = TypeVar("T")
Transaction = Connection
"""What the functions of this package take; nobody above it calls a method of it."""


@dataclass(frozen=True, slots=True)
class Database:
    """`outbox_channel` notifies whoever publishes events, `accepted_channel` whoever applies
    accepted commands. Transactions raise StoreUnavailable."""

    engine: Engine
    outbox_channel: Channel
    accepted_channel: Channel

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """One consistent view."""
        with database.reading(self.engine) as connection:
            yield connection

    @contextmanager
    def read_once(self) -> Iterator[Transaction]:
        """For one query, at less cost than `reading`."""
        with database.read_once(self.engine) as connection:
            yield connection

    @contextmanager
    def reading_in_order(self) -> Iterator[Transaction]:
        """For queries in the order of an index.

        PostgreSQL guesses until a table is analyzed, and takes a few rows where there are many:
        it would read all of them and sort. SQLite goes along the index by itself.
        """
        with self.reading() as connection:
            if not database.is_sqlite(self.engine):
                connection.exec_driver_sql("SET LOCAL enable_sort = off")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A transaction that commits at the end and rolls back on an error."""
        with database.writing(self.engine) as connection:
            yield connection

    def check(self) -> None:
        """Raise unless the database has this version's tables and can be written to."""
        check_ready("bids_service", self.engine)

    def close(self) -> None:
        """Close the connections and the channels."""
        self.engine.dispose()
        self.outbox_channel.close()
        self.accepted_channel.close()


def open_database(url: str, open_channel: OpenChannel = NotifyChannel.for_database) -> Database:
    """The database at a URL; opens no connection yet."""
    engine = database.connect(url)
    database.custom_plans(engine)
    return Database(
        engine=engine,
        outbox_channel=open_channel(str(engine.url), "outbox"),
        accepted_channel=open_channel(str(engine.url), "waiting commands"),
    )


def once_more_if_raced(act: Callable[[], T]) -> T:
    """Run a transaction again when another took its unique key first: then it finds that key."""
    try:
        return act()
    except IntegrityError:
        return act()
