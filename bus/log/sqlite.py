"""The event log in SQLite: one writer at a time, so positions are handed out in commit order."""

import heapq
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from sqlite3 import SQLITE_BUSY, OperationalError
from typing import Any

from service_kit.clock import Clock
from service_kit.database import write_lock
from service_kit.notify import NotifyChannel
from service_kit.write_lock import WriteLockTaken
from sqlalchemy import Engine

from bus.errors import BusError
from bus.log.appended import Appended, packed
from bus.log.connections import Connections
from bus.log.event_log import EVENT_COLUMNS, KEPT_UPTO, READ_FENCE, ReadFence
from bus.log.retention import steps
from bus.log.sqlite_append import append
from bus.log.sqlite_listener import SqliteListener
from bus.log.watchers import Watchers
from bus.model.event import LogEvent, LogPoint, Publication, log_event_from

# Driver SQL instead of Core: this is the hot path, and Core costs two to three times the CPU.
_READ_ALL = f"SELECT {EVENT_COLUMNS} FROM events WHERE position > ? ORDER BY position LIMIT ?"  # noqa: S608
_READ_TOPIC = (
    f"SELECT {EVENT_COLUMNS} FROM events WHERE topic = ? AND position > ? ORDER BY position LIMIT ?"  # noqa: S608
)
_LAST = "SELECT max(position) FROM events"
_IDENTITY = "SELECT log_identity FROM bus_state"
_POINT = (
    "SELECT position, published_at_ms, bytes_upto FROM events WHERE position >= ?"
    " ORDER BY position LIMIT 1"
)
_FORGET_KEYS = "DELETE FROM publish_keys WHERE created_at_ms <= ?"
_FIRST = "SELECT min(position) FROM events"
_SINCE = "SELECT position FROM events WHERE published_at_ms >= ? ORDER BY position LIMIT 1"
_TRIM_ENTITIES = (
    "DELETE FROM entities WHERE position < ? AND position < (SELECT max(position) FROM events)"
)
_TRIM = "DELETE FROM events WHERE position < ? AND position < (SELECT max(position) FROM events)"
_WATCH_EVERY_S = 0.025


class SqliteLog:
    """An EventLog in the SQLite file of `engine`."""

    def __init__(self, engine: Engine, now_ms: Clock, *, claims: bool = True) -> None:
        """`claims`: whether who publishes first to a topic owns it; else the registry says."""
        self._engine = engine
        self._claims = claims
        self._now_ms = now_ms
        self._connections = Connections(engine, self._enter)
        self._impatient = Connections(engine, self._enter_impatiently)
        self.identity = ""
        self._channel = self._new_channel()
        self._watchers = Watchers(_WATCH_EVERY_S)

    def append(self, publications: Sequence[Publication]) -> Sequence[BusError | None]:
        """Store publications in one transaction; see EventLog."""
        with self._writing() as connection:
            answers, stored = self._append(connection, publications)
        self._tell(stored)
        return answers

    def append_if_free(
        self, publications: Sequence[Publication]
    ) -> Sequence[BusError | None] | None:
        """The same where nobody else writes; see EventLog."""
        try:
            with write_lock(self._engine, seconds=None), self._impatient.using() as connection:
                _begin_at_once(connection)
                answers, stored = self._append(connection, publications)
                connection.execute("COMMIT")
        except WriteLockTaken:
            return None
        self._tell(stored)
        return answers

    def read_after(
        self, position: int, topics: Collection[str] | None, limit: int
    ) -> list[LogEvent]:
        """The next events of some topics; see EventLog."""
        return self.read_fenced(position, topics, limit)[0]

    def read_fenced(
        self, position: int, topics: Collection[str] | None, limit: int
    ) -> tuple[list[LogEvent], ReadFence]:
        """The next events of some topics, and the fence; see EventLog."""
        with self._connections.using() as connection, _one_view(connection):
            rows = _read(connection, position, topics, limit)
            read_fence = connection.execute(READ_FENCE).fetchone()
        return list(map(log_event_from, rows)), ReadFence.of(*read_fence)

    def kept_upto(self, identity: str) -> int:
        """What is left of an epoch that has ended; see EventLog."""
        row = self._connections.once(lambda one: one.execute(KEPT_UPTO, (identity,)).fetchone())
        return int(row[0])

    def first_position(self) -> int:
        """The position of the oldest event there is; see EventLog."""
        return self._one(_FIRST)

    def first_since(self, at_ms: int) -> int:
        """The first event of a time; see EventLog."""
        row = self._connections.once(lambda one: one.execute(_SINCE, (at_ms,)).fetchone())
        return int(row[0]) if row else self.last_position()

    def last_position(self) -> int:
        """The position of the newest event; see EventLog."""
        return self._one(_LAST)

    def point_at(self, position: int) -> LogPoint | None:
        """A place in the log; see EventLog."""
        row = self._connections.once(lambda one: one.execute(_POINT, (position,)).fetchone())
        return LogPoint._make(row) if row else None

    def listener(self) -> SqliteListener:
        """A new listener; see EventLog."""
        return SqliteListener(self._new_channel())

    def watching(self) -> AbstractContextManager[Callable[[], bool]]:
        """Waiting by the clock; see EventLog. A datagram would reach it instead of the pusher."""
        return self._watchers.watching()

    def notify(self) -> None:
        """Wake who listens."""
        self._channel.notify()

    @property
    def breaks(self) -> int:
        """How often a connection was found broken; see EventLog."""
        return self._connections.breaks

    def close(self) -> None:
        """Notify no more."""
        self._channel.close()
        self._watchers.close()
        self._connections.close()
        self._impatient.close()

    def trim(self, before: int) -> int:
        """Forget old events; see EventLog. The newest stays, so that positions never repeat."""
        return sum(map(self._trim, steps(self.first_position(), before)))

    def forget_keys(self, upto_ms: int) -> None:
        """Forget old keys; see EventLog."""
        with self._writing() as connection:
            connection.execute(_FORGET_KEYS, (upto_ms,))

    def _trim(self, before: int) -> int:
        with self._writing() as connection:
            connection.execute(_TRIM_ENTITIES, (before,))
            return int(connection.execute(_TRIM, (before,)).rowcount)

    def _append(
        self, connection: Any, publications: Sequence[Publication]
    ) -> tuple[Sequence[BusError | None], Appended | None]:
        return append(connection, publications, self._now_ms(), claims=self._claims)

    def _tell(self, stored: Appended | None) -> None:
        if stored is not None:
            self._channel.notify(packed(stored))

    @contextmanager
    def _writing(self) -> Iterator[Any]:
        with write_lock(self._engine), self._connections.using() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    def _enter(self, connection: Any) -> None:
        _prepare(connection)
        (self.identity,) = connection.execute(_IDENTITY).fetchone()

    def _enter_impatiently(self, connection: Any) -> None:
        self._enter(connection)
        connection.execute("PRAGMA busy_timeout=0")

    def _one(self, statement: str) -> int:
        row = self._connections.once(lambda connection: connection.execute(statement).fetchone())
        return int(row[0] or 0)

    def _new_channel(self) -> NotifyChannel:
        return NotifyChannel.for_database(str(self._engine.url), purpose="pusher")


@contextmanager
def _one_view(connection: Any) -> Iterator[None]:
    """Between two statements another process may append: what is read must be of one moment."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("COMMIT")


def _read(
    connection: Any, position: int, topics: Collection[str] | None, limit: int
) -> Iterable[Any]:
    if topics is None:
        found: list[Any] = connection.execute(_READ_ALL, (position, limit)).fetchall()
        return found
    runs = [
        connection.execute(_READ_TOPIC, (topic, position, limit)).fetchall() for topic in topics
    ]
    return runs[0] if len(runs) == 1 else islice(heapq.merge(*runs), limit)


def _begin_at_once(connection: Any) -> None:
    """Raises WriteLockTaken where somebody writes who doesn't queue."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except OperationalError as error:
        if error.sqlite_errorcode & 0xFF == SQLITE_BUSY:
            raise WriteLockTaken from None
        raise


def _prepare(connection: Any) -> None:
    # Whoever settles moves the WAL into the file after a thousand pages, and nobody waits for it;
    # whoever publishes only does where there is no pusher.
    connection.execute("PRAGMA wal_autocheckpoint=4000")
