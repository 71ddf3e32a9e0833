"""The event log in SQLite: one writer at a time, so positions are handed out in commit order."""

import heapq
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import chain, islice
from typing import Any, TypeVar

from service_kit.clock import Clock
from service_kit.database import write_lock
from service_kit.notify import NotifyChannel
from sqlalchemy import Engine

from bus.errors import BusError
from bus.log.append_plan import (
    COLUMNS,
    KEY_KEPT_MS,
    AppendPlan,
    Keys,
    LogEnd,
    TopicRow,
    claimants,
    entities,
    plan_append,
)
from bus.log.connections import Connections
from bus.log.event_log import EVENT_COLUMNS, KEPT_UPTO, READ_FENCE, ReadFence
from bus.log.retention import steps
from bus.log.sqlite_listener import SqliteListener
from bus.log.watchers import Watchers
from bus.model.event import LogEvent, LogPoint, Publication, log_event_from

# Driver SQL instead of Core: this is the hot path, and Core costs two to three times the CPU.
_READ_ALL = f"SELECT {EVENT_COLUMNS} FROM events WHERE position > ? ORDER BY position LIMIT ?"  # noqa: S608
_READ_TOPIC = (
    f"SELECT {EVENT_COLUMNS} FROM events WHERE topic = ? AND position > ? ORDER BY position LIMIT ?"  # noqa: S608
)
_LAST = "SELECT max(position) FROM events"
_END = (
    "SELECT log_identity, position, bytes_upto FROM bus_state LEFT JOIN"
    " (SELECT position, bytes_upto FROM events ORDER BY position DESC LIMIT 1) ON true"
)
_IDENTITY = "SELECT log_identity FROM bus_state"
_POINT = (
    "SELECT position, published_at_ms, bytes_upto FROM events WHERE position >= ?"
    " ORDER BY position LIMIT 1"
)
_FORGET_KEYS = "DELETE FROM publish_keys WHERE created_at_ms <= ?"
_FIRST = "SELECT min(position) FROM events"
_SINCE = "SELECT position FROM events WHERE published_at_ms >= ? ORDER BY position LIMIT 1"
_OWNED = "SELECT count(*) FROM topics WHERE client_id = ?"
_TOPIC = "SELECT name, client_id, events, schema_digest, log FROM topics WHERE name = ?"
_SAVE_TOPIC = (
    "INSERT INTO topics (name, client_id, events, events_before) VALUES (?, ?, ?, 0)"
    " ON CONFLICT (name) DO UPDATE"
    " SET client_id = excluded.client_id, events = excluded.events, deleted = false"
)
_KEY = "SELECT fingerprint FROM publish_keys WHERE client_id = ? AND key = ? AND created_at_ms > ?"
_SAVE_KEY = (
    "INSERT OR REPLACE INTO publish_keys (client_id, key, fingerprint, created_at_ms)"
    " VALUES (?, ?, ?, ?)"
)
_TRIM_ENTITIES = (
    "DELETE FROM entities WHERE position < ? AND position < (SELECT max(position) FROM events)"
)
_TRIM = "DELETE FROM events WHERE position < ? AND position < (SELECT max(position) FROM events)"
_WATCH_EVERY_S = 0.025

R = TypeVar("R", bound=tuple[object, ...])


def _insert(rows: int) -> str:
    values = ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?, ?)"] * rows)
    return f"INSERT INTO events ({COLUMNS}) VALUES {values}"  # noqa: S608


def _save_entities(entities: int) -> str:
    values = ", ".join(["(?, ?, ?, ?)"] * entities)
    return (
        f"INSERT INTO entities (topic, url, type, position) VALUES {values}"  # noqa: S608
        " ON CONFLICT (topic, url, type) DO UPDATE SET position = excluded.position"
    )


# The driver lets go of the interpreter's lock once a statement and waits to get it back, so many
# rows go into one; a few fixed sizes, so that each is prepared once.
_SIZES = (256, 64, 16, 4, 1)
_INSERTS = [(rows, _insert(rows)) for rows in _SIZES]
_SAVE_ENTITIES = [(rows, _save_entities(rows)) for rows in _SIZES]


class SqliteLog:
    """An EventLog in the SQLite file of `engine`."""

    def __init__(self, engine: Engine, now_ms: Clock, *, claims: bool = True) -> None:
        """`claims`: whether who publishes first to a topic owns it; else the registry says."""
        self._engine = engine
        self._claims = claims
        self._now_ms = now_ms
        self._connections = Connections(engine, self._enter)
        self.identity = ""
        self._channel = self._new_channel()
        self._watchers = Watchers(_WATCH_EVERY_S)

    def append(self, publications: Sequence[Publication]) -> Sequence[BusError | None]:
        """Store publications in one transaction; see EventLog."""
        with self._writing() as connection:
            answers = self._append(connection, publications)
        self.notify()
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

    @contextmanager
    def _writing(self) -> Iterator[Any]:
        with write_lock(self._engine), self._connections.using() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    def _append(
        self, connection: Any, publications: Sequence[Publication]
    ) -> Sequence[BusError | None]:
        now_ms = self._now_ms()
        topics = _topics(connection, {one.topic for one in publications})
        claiming = claimants(publications, topics)
        plan = plan_append(
            publications,
            topics,
            _known_keys(connection, publications, now_ms),
            LogEnd.of(*connection.execute(_END).fetchone()),
            owned={it: connection.execute(_OWNED, (it,)).fetchone()[0] for it in claiming},
            now_ms=now_ms,
            claims=self._claims,
        )
        _store(connection, plan, topics, now_ms)
        return plan.answers

    def _enter(self, connection: Any) -> None:
        _prepare(connection)
        (self.identity,) = connection.execute(_IDENTITY).fetchone()

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


def _prepare(connection: Any) -> None:
    # Whoever settles moves the WAL into the file after a thousand pages, and nobody waits for it;
    # whoever publishes only does where there is no pusher.
    connection.execute("PRAGMA wal_autocheckpoint=4000")


def _topics(connection: Any, names: Collection[str]) -> dict[str, TopicRow]:
    topics = {}
    for name in names:
        row = connection.execute(_TOPIC, (name,)).fetchone()
        topics[name] = TopicRow(*(row or (name, None, 0)))
    return topics


def _known_keys(connection: Any, publications: Sequence[Publication], now_ms: int) -> Keys:
    known = {}
    for one in publications:
        if one.key is not None:
            wanted = (one.client_id, one.key.key, now_ms - KEY_KEPT_MS)
            if row := connection.execute(_KEY, wanted).fetchone():
                known[one.client_id, one.key.key] = row[0]
    return known


def _store(connection: Any, plan: AppendPlan, topics: Mapping[str, TopicRow], now_ms: int) -> None:
    if not plan.rows:
        return
    for rows, statement in _batches(plan.rows, _INSERTS):
        connection.execute(statement, list(chain.from_iterable(rows)))
    for some, statement in _batches(entities(plan.rows), _SAVE_ENTITIES):
        connection.execute(statement, list(chain.from_iterable(some)))
    changed = {row[1] for row in plan.rows}
    connection.executemany(
        _SAVE_TOPIC, [(name, topics[name].client_id, topics[name].events) for name in changed]
    )
    if plan.keys:
        connection.executemany(
            _SAVE_KEY, [(*key, fingerprint, now_ms) for key, fingerprint in plan.keys.items()]
        )


def _batches(rows: list[R], statements: Sequence[tuple[int, str]]) -> Iterator[tuple[list[R], str]]:
    start = 0
    for size, statement in statements:
        while len(rows) - start >= size:
            yield rows[start : start + size], statement
            start += size
