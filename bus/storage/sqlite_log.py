"""The event log in SQLite: one writer at a time, so positions are handed out in commit order."""

import heapq
import select
import time
from collections.abc import Collection, Sequence
from itertools import islice
from typing import Any

from service_kit.clock import Clock
from service_kit.database import reading, writing
from service_kit.doorbell import Doorbell
from sqlalchemy import Connection, Engine

from bus.errors import BusError, TopicTaken
from bus.event_json import whole_event
from bus.model import LogEvent, News, Publication
from bus.ownership import may_publish
from bus.storage import topics
from bus.storage.state import log_identity

# Driver SQL instead of Core: this is the hot path, and Core costs two to three times the CPU.
_INSERT = (
    "INSERT INTO events (position, topic, number, type, url, published_at_ms, traceparent, body)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_COLUMNS = "position, topic, type, url, published_at_ms, body, traceparent"
_READ_ALL = f"SELECT {_COLUMNS} FROM events WHERE position > ? ORDER BY position LIMIT ?"  # noqa: S608
_READ_TOPIC = (
    f"SELECT {_COLUMNS} FROM events WHERE topic = ? AND position > ? ORDER BY position LIMIT ?"  # noqa: S608
)
_LAST = "SELECT max(position) FROM events"
# NOT INDEXED: to group, SQLite would walk the whole index by topic, not the few new rows.
_NEWS = "SELECT topic, max(position) FROM events NOT INDEXED WHERE position > ? GROUP BY topic"
_TRIM = "DELETE FROM events WHERE position < ? AND position < (SELECT max(position) FROM events)"


class SqliteBell:
    """A Unix datagram socket that committers send to."""

    def __init__(self, doorbell: Doorbell) -> None:
        self._doorbell = doorbell

    def fileno(self) -> int:
        """The descriptor to wait on. The newest listener gets the rings."""
        return self._doorbell.listen().fileno()

    def quiet(self) -> None:
        """Take the rings that wait."""
        self._doorbell.quiet()

    def close(self) -> None:
        """Stop listening."""
        self._doorbell.close()


class SqliteLog:
    """An EventLog in the SQLite file of `engine`."""

    def __init__(self, engine: Engine, now_ms: Clock) -> None:
        self._engine = engine
        self._now_ms = now_ms
        self._ringer = self._doorbell()
        self._identity: str | None = None

    def append(self, publications: Sequence[Publication]) -> Sequence[BusError | None]:
        """Store publications in one transaction; see EventLog."""
        with writing(self._engine) as connection:
            owners = topics.lock(connection, {p.topic for p in publications})
            refusals: list[BusError | None] = []
            rows: list[tuple[Any, ...]] = []
            position, now_ms = _last_position(connection), self._now_ms()
            identity = self._log_identity(connection)
            for publication in publications:
                row = owners[publication.topic]
                if not may_publish(publication.client_id, row.client_id):
                    refusals.append(TopicTaken(f"{publication.topic} has another publisher"))
                    continue
                row.client_id = publication.client_id
                for event in publication.events:
                    position += 1
                    row.events += 1
                    rows.append(
                        (
                            position,
                            publication.topic,
                            row.events,
                            event.type,
                            event.url,
                            now_ms,
                            publication.traceparent,
                            whole_event(event.head, identity, position),
                        )
                    )
                refusals.append(None)
            if rows:
                connection.exec_driver_sql(_INSERT, rows)
                topics.save(connection, owners.values())
        self.ring()
        return refusals

    def read_after(
        self, position: int, topics: Collection[str] | None, limit: int
    ) -> list[LogEvent]:
        """The next events of some topics; see EventLog."""
        with reading(self._engine) as connection:
            if topics is None:
                rows = connection.exec_driver_sql(_READ_ALL, (position, limit)).all()
                return [LogEvent(*row) for row in rows]
            runs = [
                connection.exec_driver_sql(_READ_TOPIC, (topic, position, limit)).all()
                for topic in topics
            ]
        merged = runs[0] if len(runs) == 1 else islice(heapq.merge(*runs), limit)
        return [LogEvent(*row) for row in merged]

    def news_after(self, position: int) -> News:
        """What the log gained; see EventLog."""
        with reading(self._engine) as connection:
            rows = connection.exec_driver_sql(_NEWS, (position,)).all()
        last = max((row[1] for row in rows), default=position)
        return News(last, frozenset(row[0] for row in rows))

    def last_position(self) -> int:
        """The position of the newest event; see EventLog."""
        with reading(self._engine) as connection:
            return _last_position(connection)

    def bell(self) -> SqliteBell:
        """A new bell; see EventLog."""
        return SqliteBell(self._doorbell())

    def ring(self) -> None:
        """Wake who listens."""
        self._ringer.ring()

    def close(self) -> None:
        """Ring no more."""
        self._ringer.close()

    def wait(self, position: int, timeout_s: float) -> bool:
        """Block until the log has grown; see EventLog."""
        deadline = time.monotonic() + timeout_s
        bell = self.bell()
        bell.fileno()  # listen before looking: a ring in between is not lost
        try:
            while self.last_position() <= position:
                left_s = deadline - time.monotonic()
                if left_s <= 0:
                    return False
                select.select([bell], [], [], min(left_s, _POLL_S))
                bell.quiet()
            return True
        finally:
            bell.close()

    def trim(self, before: int) -> int:
        """Forget old events; see EventLog. The newest stays, so that positions never repeat."""
        with writing(self._engine) as connection:
            return int(connection.exec_driver_sql(_TRIM, (before,)).rowcount)

    def _doorbell(self) -> Doorbell:
        return Doorbell.for_database(str(self._engine.url), purpose="pusher")

    def _log_identity(self, connection: Connection) -> str:
        if self._identity is None:
            self._identity = log_identity(connection)
        return self._identity


_POLL_S = 0.5


def _last_position(connection: Connection) -> int:
    return int(connection.exec_driver_sql(_LAST).scalar() or 0)
