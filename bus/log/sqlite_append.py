"""The transaction of an append in SQLite: look, plan, write."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, TypeVar

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
from bus.log.appended import Appended, appended
from bus.model.event import Publication

_END = (
    "SELECT log_identity, position, bytes_upto, registry_version FROM bus_state LEFT JOIN"
    " (SELECT position, bytes_upto FROM events ORDER BY position DESC LIMIT 1) ON true"
)
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


def append(
    connection: Any, publications: Sequence[Publication], now_ms: int, *, claims: bool
) -> tuple[Sequence[BusError | None], Appended | None]:
    """Append inside a write transaction; what becomes of each publication, and what is stored."""
    topics = _topics(connection, {one.topic for one in publications})
    claiming = claimants(publications, topics)
    end = LogEnd.of(*connection.execute(_END).fetchone())
    plan = plan_append(
        publications,
        topics,
        _known_keys(connection, publications, now_ms),
        end,
        owned={it: connection.execute(_OWNED, (it,)).fetchone()[0] for it in claiming},
        now_ms=now_ms,
        claims=claims,
    )
    if not plan.rows:
        return plan.answers, None
    _store(connection, plan, topics, now_ms)
    return plan.answers, appended(end, plan.rows)


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
