"""The event log in PostgreSQL, written by any number of processes on any number of machines.

Sequences and clocks order events by when a transaction began, readers see them by when it
committed: a reader at `position > cursor` would pass a place that is still being filled. So
appends hold one advisory lock from choosing a position until after the commit.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from psycopg.errors import Error
from service_kit.clock import Clock
from sqlalchemy import Engine

from bus.errors import BusError
from bus.log.append_plan import (
    COLUMNS,
    KEY_KEPT_MS,
    AppendPlan,
    Keys,
    LogEnd,
    Row,
    TopicRow,
    entities,
    plan_append,
)
from bus.log.connections import Connections
from bus.log.event_log import EVENT_COLUMNS, READ_FENCE, ReadFence, wait_for_growth
from bus.log.postgres_notify import CHANNEL, PostgresListener
from bus.log.retention import steps
from bus.model.event import LogEvent, LogGrowth, LogPoint, Publication, log_event_from

_LOCK = "SELECT pg_advisory_xact_lock(7023316912764)"  # any number that nobody else uses
_LAST = "SELECT max(position) FROM events"
_MARK = (
    "SELECT position, published_at_ms, bytes_upto FROM events WHERE position >= %s"
    " ORDER BY position LIMIT 1"
)
_FORGET_KEYS = "DELETE FROM publish_keys WHERE created_at_ms <= %s"
_FIRST = "SELECT min(position) FROM events"
# One statement for both, because each costs as much to send as to answer.
_LOOK = (
    "SELECT newest.position, newest.bytes_upto, locked.name, locked.client_id, locked.events"
    " FROM (VALUES (1)) AS always"
    " LEFT JOIN (SELECT position, bytes_upto FROM events ORDER BY position DESC LIMIT 1)"
    " AS newest ON true"
    " LEFT JOIN (SELECT name, client_id, events FROM topics WHERE name = ANY(%s) ORDER BY name"
    " FOR UPDATE) AS locked ON true"
)
# And it notifies.
_SAVE_TOPIC = (
    "WITH saved AS ("  # noqa: S608
    "INSERT INTO topics (name, client_id, events, events_before) VALUES (%s, %s, %s, 0)"
    " ON CONFLICT (name) DO UPDATE"
    " SET client_id = excluded.client_id, events = excluded.events, deleted = false)"
    f" SELECT pg_notify('{CHANNEL}', '')"
)
_KEYS = (
    "SELECT client_id, key, fingerprint FROM publish_keys"
    " JOIN unnest(%s::integer[], %s::text[]) AS wanted (client_id, key) USING (client_id, key)"
    " WHERE created_at_ms > %s"
)
_SAVE_KEY = (
    "INSERT INTO publish_keys (client_id, key, fingerprint, created_at_ms) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT (client_id, key) DO UPDATE"
    " SET fingerprint = excluded.fingerprint, created_at_ms = excluded.created_at_ms"
)
_INSERT = (
    "WITH entity AS (INSERT INTO entities (position, topic, url, type) VALUES (%s, %s, %s, %s)"  # noqa: S608
    " ON CONFLICT (topic, url, type) DO UPDATE SET position = excluded.position)"
    f" INSERT INTO events ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_COPY = f"COPY events ({COLUMNS}) FROM STDIN (FORMAT BINARY)"
_TYPES = ("int8", "text", "int8", "text", "text", "int8", "text", "bytea", "int8")
_COPY_FROM = 8  # rows: copying costs a round trip more, and less a row

_READ_ALL = f"SELECT {EVENT_COLUMNS} FROM events WHERE position > %b ORDER BY position LIMIT %b"  # noqa: S608
_READ_TOPIC = (
    f"SELECT {EVENT_COLUMNS} FROM events WHERE topic = %b AND position > %b"  # noqa: S608
    " ORDER BY position LIMIT %b"
)
# One statement, so that all topics are seen as of one moment.
_READ_TOPICS = (
    "SELECT found.* FROM unnest(%b::text[]) AS wanted (topic) CROSS JOIN LATERAL ("  # noqa: S608
    f"SELECT {EVENT_COLUMNS} FROM events WHERE topic = wanted.topic AND position > %b"
    " ORDER BY position LIMIT %b) AS found ORDER BY position LIMIT %b"
)
# The fence in the same statement: a second one would cost as much as reading some events.
_FENCED = (
    f"SELECT found.*, fence.* FROM ({READ_FENCE}) AS fence (version, first)"  # noqa: S608
    " LEFT JOIN LATERAL ({}) AS found ON true"
)
_FENCED_ALL, _FENCED_TOPIC, _FENCED_TOPICS = map(
    _FENCED.format, (_READ_ALL, _READ_TOPIC, _READ_TOPICS)
)
_NEWS = "SELECT topic, max(position) FROM events WHERE position > %s GROUP BY topic"
_SAVE_ENTITIES = (
    "INSERT INTO entities (topic, url, type, position)"
    " SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::int8[])"
    " ON CONFLICT (topic, url, type) DO UPDATE SET position = excluded.position"
)
_TRIM_ENTITIES = (
    "DELETE FROM entities WHERE position < %s AND position < (SELECT max(position) FROM events)"
)
_TRIM = "DELETE FROM events WHERE position < %s AND position < (SELECT max(position) FROM events)"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Found:
    """What an append begins with."""

    end: LogEnd
    topics: dict[str, TopicRow]
    keys: Keys


class PostgresLog:
    """An EventLog in the PostgreSQL database of `engine`."""

    def __init__(self, engine: Engine, now_ms: Clock, identity: str) -> None:
        self._engine = engine
        self._now_ms = now_ms
        self._identity = identity
        self._connections = Connections(engine, _prepare)

    def append(self, publications: Sequence[Publication]) -> Sequence[BusError | None]:
        """Store publications in one transaction; see EventLog.

        Two round trips: one to lock and look, one to write and commit.
        """
        now_ms = self._now_ms()
        found = self._repeatable(lambda connection: _look(connection, publications, now_ms))
        plan = plan_append(
            publications,
            found.topics,
            found.keys,
            found.end,
            identity=self._identity,
            now_ms=now_ms,
        )
        # Never repeated: it may have been stored.
        self._once(lambda connection: _store(connection, plan, found.topics, now_ms))
        return plan.answers

    def read_after(
        self, position: int, topics: Collection[str] | None, limit: int
    ) -> list[LogEvent]:
        """The next events of some topics; see EventLog."""
        return self.read_fenced(position, topics, limit)[0]

    def read_fenced(
        self, position: int, topics: Collection[str] | None, limit: int
    ) -> tuple[list[LogEvent], ReadFence]:
        """The next events of some topics, and the fence; see EventLog."""
        if topics is None:
            rows = self._rows(_FENCED_ALL, (position, limit))
        elif len(topics) == 1:
            rows = self._rows(_FENCED_TOPIC, (*topics, position, limit))
        else:
            rows = self._rows(_FENCED_TOPICS, (list(topics), position, limit, limit))
        read_fence = ReadFence.of(*rows[0][-2:])
        if rows[0][0] is None:
            return [], read_fence
        return sorted([log_event_from(row[:-2]) for row in rows]), read_fence

    def growth_after(self, position: int) -> LogGrowth:
        """What the log gained; see EventLog."""
        rows = self._rows(_NEWS, (position,))
        last = max((row[1] for row in rows), default=position)
        return LogGrowth(last, frozenset(row[0] for row in rows))

    def first_position(self) -> int:
        """The position of the oldest event there is; see EventLog."""
        return self._one(_FIRST)

    def last_position(self) -> int:
        """The position of the newest event; see EventLog."""
        return self._one(_LAST)

    def point_at(self, position: int) -> LogPoint | None:
        """A place in the log; see EventLog."""
        row = self._execute(_MARK, (position,)).fetchone()
        return LogPoint._make(row) if row else None

    def listener(self) -> PostgresListener:
        """A new listener; see EventLog."""
        return PostgresListener(self._engine)

    def notify(self) -> None:
        """Wake who listens, on whatever machine."""
        self._execute(f"NOTIFY {CHANNEL}", ())

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()

    def wait(self, position: int, timeout_s: float) -> bool:
        """Block until the log has grown; see EventLog."""
        return wait_for_growth(self, position, timeout_s)

    def trim(self, before: int) -> int:
        """Forget old events; see EventLog. The newest stays, so that positions never repeat."""
        return sum(map(self._trim, steps(self.first_position(), before)))

    def forget_keys(self, upto_ms: int) -> None:
        """Forget old keys; see EventLog."""
        self._execute(_FORGET_KEYS, (upto_ms,))

    def _trim(self, before: int) -> int:
        return self._repeatable(lambda connection: _trim(connection, before))

    def _rows(self, statement: str, values: Sequence[object]) -> list[Any]:
        found: list[Any] = self._execute(statement, values).fetchall()
        return found

    def _one(self, statement: str) -> int:
        row = self._execute(statement, ()).fetchone()
        return int(row[0] or 0) if row else 0

    def _execute(self, statement: str, values: Sequence[object]) -> Any:
        return self._repeatable(
            lambda connection: connection.execute(statement, values, binary=True)
        )

    def _repeatable(self, work: Callable[[Any], T]) -> T:
        """Do what may be repeated, once more when the connection turns out to be broken."""
        try:
            return work(self._connections.mine())
        except Error:
            was_broken = self._connections.mine().broken
            self._connections.drop_mine()
            if not was_broken:
                raise
        return self._once(work)

    def _once(self, work: Callable[[Any], T]) -> T:
        try:
            return work(self._connections.mine())
        except BaseException:  # whatever transaction it is in ends with it
            self._connections.drop_mine()
            raise


def _prepare(connection: Any) -> None:
    connection.autocommit = True  # we say BEGIN ourselves
    # A publisher that stops in the middle of an append would hold the lock for ever.
    connection.execute("SET idle_in_transaction_session_timeout = '10s'")
    connection.execute("SET lock_timeout = '10s'")
    # The log is read in its order, a little at a time, so an index is always the way. A planner
    # whose statistics are old may think otherwise, and sort a whole backlog for each batch.
    for detour in ("enable_bitmapscan", "enable_sort", "jit"):
        connection.execute(f"SET {detour} = off")
    connection.execute("SET plan_cache_mode = force_generic_plan")
    # Whatever the server's default: what is acknowledged is on disk.
    connection.execute(
        "SELECT set_config('synchronous_commit', 'on', false)"
        " WHERE current_setting('synchronous_commit') = 'off'"
    )


def _look(connection: Any, publications: Sequence[Publication], now_ms: int) -> "_Found":
    """Begin, lock, and read what planning needs.

    Each statement has a view of its own, so those after the lock see what was committed while we
    waited for it.
    """
    names = {one.topic for one in publications}
    with connection.pipeline():
        connection.execute("BEGIN")
        connection.execute(_LOCK)
        found = connection.execute(_LOOK, (list(names),))
        keys = _known_keys(connection, publications, now_ms)
    rows = found.fetchall()
    topics = {name: TopicRow(name, None, 0) for name in names}
    topics |= {row[2]: TopicRow(*row[2:]) for row in rows if row[2] is not None}
    return _Found(
        LogEnd() if rows[0][0] is None else LogEnd(*rows[0][:2]),
        topics,
        {(client_id, key): fingerprint for client_id, key, fingerprint in keys},
    )


def _known_keys(connection: Any, publications: Sequence[Publication], now_ms: int) -> Iterable[Any]:
    keys = [(one.client_id, one.key.key) for one in publications if one.key is not None]
    if not keys:
        return ()
    client_ids, words = zip(*keys, strict=True)
    found: Iterable[Any] = connection.execute(
        _KEYS, (list(client_ids), list(words), now_ms - KEY_KEPT_MS)
    )
    return found


def _store(connection: Any, plan: AppendPlan, topics: Mapping[str, TopicRow], now_ms: int) -> None:
    are_many = len(plan.rows) >= _COPY_FROM
    if are_many:
        _copy(connection, plan.rows)
    with connection.pipeline():
        if are_many:
            connection.execute(_SAVE_ENTITIES, _columns(plan.rows))
        else:
            for row in plan.rows:
                connection.execute(_INSERT, (row[0], row[1], row[4], row[3], *row))
        for name in sorted({row[1] for row in plan.rows}):
            connection.execute(_SAVE_TOPIC, (name, topics[name].client_id, topics[name].events))
        for key, fingerprint in plan.keys.items():
            connection.execute(_SAVE_KEY, (*key, fingerprint, now_ms))
        connection.execute("COMMIT")


def _trim(connection: Any, before: int) -> int:
    with connection.pipeline():
        connection.execute("BEGIN")
        connection.execute(_LOCK)  # appends change entities too, in an order of their own
        connection.execute(_TRIM_ENTITIES, (before,))
        trimmed = connection.execute(_TRIM, (before,))
        connection.execute("COMMIT")
    return int(trimmed.rowcount)


def _columns(rows: Sequence[Row]) -> list[list[object]]:
    """The entities of some rows, column by column."""
    return [list(column) for column in zip(*entities(rows), strict=True)]


def _copy(connection: Any, rows: Sequence[Row]) -> None:
    with connection.cursor().copy(_COPY) as copy:
        copy.set_types(_TYPES)
        for row in rows:
            copy.write_row(row)
