"""The database, opened for reading or writing, and the channel that wakes the outbox relay."""

from collections.abc import Iterator
from contextlib import contextmanager

from service_kit import database
from service_kit.clock import Clock
from service_kit.notify import Channel, NotifyChannel
from service_kit.outcomes import Outcomes
from sqlalchemy import Connection, Engine

from auction_app.db.unit_of_work import UnitOfWork
from auction_app.urls import Urls

Transaction = Connection
"""What the functions of a repository work in; verbs only hand it on."""


class Store:
    """Transactions on the app's database. A verb that needs one is given it; one that calls other
    services, hashes passwords or reads a link before it is given the store."""

    def __init__(
        self,
        engine: Engine,
        urls: Urls,
        clock: Clock,
        outbox_channel: Channel | None = None,
        *,
        outcomes: Outcomes[UnitOfWork],
    ) -> None:
        self.engine = engine
        self.urls = urls
        self.clock = clock
        self.outcomes = outcomes
        self.outbox_channel = outbox_channel or NotifyChannel.for_database(str(engine.url))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view; never waits for writers."""
        with database.reading(self.engine) as connection:
            yield connection

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork]:
        """All or nothing, on disk when it returns; wakes the relay, as there may be an event."""
        with database.writing(self.engine) as connection:
            yield UnitOfWork(
                conn=connection, urls=self.urls, now_ms=self.clock(), outcomes=self.outcomes
            )
        self.outbox_channel.notify()

    def close(self) -> None:
        """Let go of connections and of the channel."""
        self.engine.dispose()
        self.outbox_channel.close()
