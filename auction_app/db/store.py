"""The database, opened for reading or writing, and the channel that wakes the outbox relay."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import TypeVar

from service_kit import database
from service_kit.clock import Clock
from service_kit.marked_view import glancing, reading_marked
from service_kit.notify import Channel, NotifyChannel
from service_kit.outcomes import Outcomes
from sqlalchemy import Connection, Engine

from auction_app.db.memory import Memory, View
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.urls import Urls

T = TypeVar("T")
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
        self._memory = Memory()
        self._view: ContextVar[tuple[Connection | None, View] | None] = ContextVar(
            "view", default=None
        )
        self._is_closed = ContextVar("is_closed", default=False)
        self.outbox_channel = outbox_channel or NotifyChannel.for_database(str(engine.url))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view; never waits for writers. Within another it is the same view."""
        self._check_open()
        outer = self._view.get()
        if outer is not None and outer[0] is not None:
            yield outer[0]
            return
        view = View(self._memory)
        with reading_marked(self.engine) as connection, self._seeing(connection, view):
            yield connection

    @contextmanager
    def one_view(self) -> Iterator[None]:
        """What is `remembered` within is of one consistent view."""
        self._check_open()
        with nullcontext() if self._view.get() else self.reading():
            yield

    @contextmanager
    def recalling(self) -> Iterator[None]:
        """The same, of what is known already to be true now, which takes one glance at the
        database: to remember anything else raises Forgotten."""
        before = self._memory.current
        with glancing(self.engine) as connection:
            found = self._memory.known(connection, before)
        with self._seeing(None, View(self._memory, found)):
            yield

    def remembered(self, read: Callable[..., T], *asked: Hashable, **named: Hashable) -> T:
        """What `read(conn, *asked, **named)` finds; not asked again before something has changed
        in the database. It must depend on nothing else, and what it returns isn't to be changed."""
        with self.one_view():
            held = self._view.get()
            assert held is not None
            return held[1].remembered(held[0], read, *asked, **named)

    def _check_open(self) -> None:
        if self._is_closed.get():
            raise RuntimeError("nothing is asked while this is written: ask before")

    @contextmanager
    def _seeing(self, connection: Connection | None, view: View) -> Iterator[None]:
        token = self._view.set((connection, view))
        try:
            yield
        finally:
            self._view.reset(token)

    @contextmanager
    def closed(self) -> Iterator[None]:
        """While it lasts, to read is an error."""
        token = self._is_closed.set(True)
        try:
            yield
        finally:
            self._is_closed.reset(token)

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
