"""The transaction of an append in PostgreSQL: lock and look, plan, write and commit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bus.log.append_plan import (
    COLUMNS,
    KEY_KEPT_MS,
    AppendPlan,
    Keys,
    LogEnd,
    Row,
    TopicRow,
    claimants,
    entities,
)
from bus.log.connections import check_committed
from bus.model.event import Publication

# Any number that nobody else uses. And whatever the server's default: what is acknowledged is on
# disk, and with a standby where there are to be some. For this transaction only: behind a pooler
# another's settlement may have left the session otherwise.
LOCK = (
    "SELECT pg_advisory_xact_lock(7023316912764), set_config('synchronous_commit',"
    " CASE WHEN asked.level IN ('off', 'local') THEN 'on' ELSE asked.level END, true)"
    " FROM (SELECT current_setting('synchronous_commit') AS level) AS asked"
)
# One statement for both, because each costs as much to send as to answer.
_LOOK = (
    "SELECT bus_state.log_identity, newest.position, newest.bytes_upto,"
    " bus_state.registry_version,"
    " locked.name, locked.client_id, locked.events, locked.schema_digest, locked.log"
    " FROM bus_state"
    " LEFT JOIN (SELECT position, bytes_upto FROM events ORDER BY position DESC LIMIT 1)"
    " AS newest ON true"
    " LEFT JOIN (SELECT name, client_id, events, schema_digest, log FROM topics"
    " WHERE name = ANY(%s) ORDER BY name"
    " FOR UPDATE) AS locked ON true"
)
_OWNED = "SELECT count(*) FROM topics WHERE client_id = %s"
_SAVE_TOPIC = (
    "INSERT INTO topics (name, client_id, events, events_before) VALUES (%s, %s, %s, 0)"
    " ON CONFLICT (name) DO UPDATE"
    " SET client_id = excluded.client_id, events = excluded.events, deleted = false"
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
_SAVE_ENTITIES = (
    "INSERT INTO entities (topic, url, type, position)"
    " SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::int8[])"
    " ON CONFLICT (topic, url, type) DO UPDATE SET position = excluded.position"
)


@dataclass(frozen=True, slots=True)
class Found:
    """What an append begins with."""

    end: LogEnd
    topics: dict[str, TopicRow]
    keys: Keys
    owned: dict[int, int]


def look(connection: Any, publications: Sequence[Publication], now_ms: int) -> Found:
    """Begin, lock, and read what planning needs.

    Each statement has a view of its own, so those after the lock see what was committed while we
    waited for it.
    """
    names = {one.topic for one in publications}
    with connection.pipeline():
        connection.execute("BEGIN")
        connection.execute(LOCK)
        found = connection.execute(_LOOK, (list(names),))
        keys = _known_keys(connection, publications, now_ms)
    rows = found.fetchall()
    topics = {name: TopicRow(name, None, 0) for name in names}
    topics |= {row[4]: TopicRow(*row[4:]) for row in rows if row[4] is not None}
    return Found(
        LogEnd.of(*rows[0][:4]),
        topics,
        {(client_id, key): fingerprint for client_id, key, fingerprint in keys},
        {
            client_id: connection.execute(_OWNED, (client_id,)).fetchone()[0]
            for client_id in claimants(publications, topics)
        },
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


def store(connection: Any, plan: AppendPlan, topics: Mapping[str, TopicRow], now_ms: int) -> None:
    """Write what was planned and commit."""
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
        committed = connection.execute("COMMIT")
    check_committed(connection, committed)


def _columns(rows: Sequence[Row]) -> list[list[object]]:
    """The entities of some rows, column by column."""
    return [list(column) for column in zip(*entities(rows), strict=True)]


def _copy(connection: Any, rows: Sequence[Row]) -> None:
    with connection.cursor().copy(_COPY) as copy:
        copy.set_types(_TYPES)
        for row in rows:
            copy.write_row(row)
