"""The database, opened for reading or writing, and the channel that wakes the outbox relay."""

from collections.abc import Iterator
from contextlib import contextmanager

from service_kit import database
from service_kit.notify import NotifyChannel
from sqlalchemy import Connection, Engine

Transaction = Connection
"""What the functions of this folder work in; verbs only hand it on."""


class Store:
    """Transactions on the app's database. What is done inside one is in this folder's modules."""

    def __init__(self, engine: Engine, outbox_channel: NotifyChannel | None = None) -> None:
        self.engine = engine
        self.outbox_channel = outbox_channel or NotifyChannel.for_database(str(engine.url))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view; never waits for writers."""
        with database.reading(self.engine) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """All or nothing, on disk when it returns; wakes the relay, as there may be an event."""
        with database.writing(self.engine) as connection:
            yield connection
        self.outbox_channel.notify()

    def close(self) -> None:
        """Let go of connections and of the channel."""
        self.engine.dispose()
        self.outbox_channel.close()
