"""The event log in PostgreSQL, written by any number of processes on any number of machines.

Sequences and clocks order events by when a transaction began, readers see them by when it
committed: a reader at `position > cursor` would pass a place that is still being filled. So
appends hold one advisory lock from choosing a position until after the commit.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from service_kit.clock import Clock
from service_kit.database import write_lock
from service_kit.notify import NotifyChannel
from sqlalchemy import Engine

from bus.errors import BusError
from bus.log.append_plan import plan_append
from bus.log.appended import Appended, appended, packed
from bus.log.connections import CHANNEL, Connections, check_committed
from bus.log.event_log import EVENT_COLUMNS, READ_FENCE, ReadFence
from bus.log.postgres_append import LOCK, look, store
from bus.log.postgres_epoch import enter_epoch, kept_upto
from bus.log.postgres_notify import PostgresListener, wait_at
from bus.log.postgres_plain import Plain, append_plain
from bus.log.postgres_ringer import Ringer
from bus.log.retention import steps
from bus.model.event import LogEvent, LogPoint, Publication, log_event_from

_LAST = "SELECT max(position) FROM events"
_POINT = (
    "SELECT position, published_at_ms, bytes_upto FROM events WHERE position >= %s"
    " ORDER BY position LIMIT 1"
)
_FORGET_KEYS = "DELETE FROM publish_keys WHERE created_at_ms <= %s"
_FIRST = "SELECT min(position) FROM events"
_SINCE = "SELECT position FROM events WHERE published_at_ms >= %s ORDER BY position LIMIT 1"

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
_TRIM_ENTITIES = (
    "DELETE FROM entities WHERE position < %s AND position < (SELECT max(position) FROM events)"
)
_TRIM = "DELETE FROM events WHERE position < %s AND position < (SELECT max(position) FROM events)"


class PostgresLog:
    """An EventLog in the PostgreSQL database of `engine`."""

    def __init__(self, engine: Engine, now_ms: Clock, *, claims: bool = True) -> None:
        """`claims`: whether who publishes first to a topic owns it; else the registry says."""
        self._engine = engine
        self._claims = claims
        self._now_ms = now_ms
        self._connections = Connections(engine, self._enter)
        self.identity = ""
        self._ringer = Ringer(engine)
        self._channel = self._new_channel()

    def append(self, publications: Sequence[Publication]) -> Sequence[BusError | None]:
        """Store publications in one transaction; see EventLog.

        Two round trips: one to lock and look, one to write and commit; or one for all of it.
        """
        now_ms = self._now_ms()
        with write_lock(self._engine):
            stored = self._append_plain(publications, now_ms)
            if stored is None:
                answers, stored = self._append(publications, now_ms)
            else:
                answers = [None] * len(publications)
        if stored is not None:
            self._channel.notify(packed(stored))
            self._ringer.ring(stored.place)
        return answers

    def _append_plain(self, publications: Sequence[Publication], now_ms: int) -> Appended | None:
        """Not over a connection that may have been ended: what is sent there is never repeated."""
        plain = Plain.of(publications)
        if plain is None:
            return None
        return self._connections.once(
            lambda one: append_plain(one, plain, now_ms) if one.has_answered_lately() else None
        )

    def _append(
        self, publications: Sequence[Publication], now_ms: int
    ) -> tuple[Sequence[BusError | None], Appended | None]:
        connections = self._connections
        found = connections.repeatable(lambda one: look(one, publications, now_ms))
        plan = plan_append(
            publications,
            found.topics,
            found.keys,
            found.end,
            owned=found.owned,
            now_ms=now_ms,
            claims=self._claims,
        )
        # Never repeated: it may have been stored.
        connections.once(lambda one: store(one, plan, found.topics, now_ms))
        return plan.answers, appended(found.end, plan.rows) if plan.rows else None

    def append_if_free(self, _publications: Sequence[Publication]) -> None:
        """Never: a server has to be waited for; see EventLog."""

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

    def kept_upto(self, identity: str) -> int:
        """What is left of an epoch that has ended; see EventLog."""
        return self._connections.repeatable(lambda connection: kept_upto(connection, identity))

    def first_position(self) -> int:
        """The position of the oldest event there is; see EventLog."""
        return self._one(_FIRST)

    def first_since(self, at_ms: int) -> int:
        """The first event of a time; see EventLog."""
        row = self._execute(_SINCE, (at_ms,)).fetchone()
        return int(row[0]) if row else self.last_position()

    def last_position(self) -> int:
        """The position of the newest event; see EventLog."""
        return self._one(_LAST)

    def point_at(self, position: int) -> LogPoint | None:
        """A place in the log; see EventLog."""
        row = self._execute(_POINT, (position,)).fetchone()
        return LogPoint._make(row) if row else None

    def listener(self) -> PostgresListener:
        """A new listener; see EventLog."""
        return PostgresListener(self._engine, self._new_channel())

    @contextmanager
    def watching(self) -> Iterator[Callable[[], bool]]:
        """Waiting for NOTIFY; see EventLog."""
        listener = PostgresListener(self._engine)  # the pusher's alone has the channel
        try:
            yield partial(wait_at, listener)
        finally:
            listener.close()

    def notify(self) -> None:
        """Wake who listens, on whatever machine."""
        self._execute(f"NOTIFY {CHANNEL}", ())

    @property
    def breaks(self) -> int:
        """How often a connection was found broken; see EventLog."""
        return self._connections.breaks

    def close(self) -> None:
        """Close the connections."""
        self._ringer.close()
        self._channel.close()
        self._connections.close()

    def trim(self, before: int) -> int:
        """Forget old events; see EventLog. The newest stays, so that positions never repeat."""
        return sum(map(self._trim, steps(self.first_position(), before)))

    def forget_keys(self, upto_ms: int) -> None:
        """Forget old keys; see EventLog."""
        self._execute(_FORGET_KEYS, (upto_ms,))

    def _new_channel(self) -> NotifyChannel:
        return NotifyChannel.for_database(str(self._engine.url), purpose="pusher")

    def _enter(self, connection: Any) -> None:
        _prepare(connection)
        self.identity = enter_epoch(connection)

    def _trim(self, before: int) -> int:
        with write_lock(self._engine):
            return self._connections.repeatable(lambda connection: _trim(connection, before))

    def _rows(self, statement: str, values: Sequence[object]) -> list[Any]:
        found: list[Any] = self._execute(statement, values).fetchall()
        return found

    def _one(self, statement: str) -> int:
        row = self._execute(statement, ()).fetchone()
        return int(row[0] or 0) if row else 0

    def _execute(self, statement: str, values: Sequence[object]) -> Any:
        return self._connections.repeatable(
            lambda connection: connection.execute(statement, values, binary=True)
        )


def _prepare(connection: Any) -> None:
    connection.autocommit = True  # we say BEGIN ourselves
    # A publisher that stops in the middle of an append would hold the lock for ever.
    connection.execute("SET idle_in_transaction_session_timeout = '10s'")
    # The log is read in its order, a little at a time, so an index is always the way. A planner
    # whose statistics are old may think otherwise, and sort a whole backlog for each batch.
    for detour in ("enable_bitmapscan", "enable_sort", "jit"):
        connection.execute(f"SET {detour} = off")
    connection.execute("SET plan_cache_mode = force_generic_plan")


def _trim(connection: Any, before: int) -> int:
    with connection.pipeline():
        connection.execute("BEGIN")
        connection.execute(LOCK)  # appends change entities too, in an order of their own
        connection.execute(_TRIM_ENTITIES, (before,))
        trimmed = connection.execute(_TRIM, (before,))
        committed = connection.execute("COMMIT")
    check_committed(connection, committed)
    return int(trimmed.rowcount)
