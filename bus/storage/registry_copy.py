"""The copy of the registry that is beside a log in another database: what its appends, its pushers
and whoever looks at it need to know of clients, topics and subscriptions (docs/delivery.md D38)."""

from collections.abc import Iterable, Mapping
from typing import Any

from service_kit.database import is_sqlite, reading, writing
from service_kit.errors import ConfigError
from sqlalchemy import Connection, Engine, Table, delete, insert, select, update

from bus.model.subscription import NOW, StartAt, StartPosition, State
from bus.model.topic_filter import TopicFilter, filter_of, refiltered
from bus.storage import cursors, topic_filters, topics
from bus.storage.columns import from_json
from bus.storage.start_position import cursor_at, log_end
from bus.storage.store import Storage
from bus.storage.subscriptions import SNAPSHOT
from bus.storage.tables import bus_state, clients, events, subscriptions, tokens
from bus.storage.tables import topics as topic_rows
from bus.storage.transactions import REGISTRY_CHANGED

Row = Mapping[Any, Any]

_STATE = ("state", "reason", "state_since_ms")
_OF_TOPIC = ("client_id", "deleted", "description", "schema", "schema_digest")
# One copies at a time, and reads what there is at home only then: the last has the newest.
_TURN = "SELECT pg_advisory_xact_lock(hashtextextended('registry copy', 0))"


class RegistryCopy:
    """Brings the registry at home to the database of one log. May be used by any thread, and by any
    number of processes."""

    def __init__(self, name: str, home: Engine, there: Storage) -> None:
        """`there` is the store of the log that is called so."""
        self._name = name
        self._home = home
        self._there = there.engine
        self._registry = there.registry

    def bring(self) -> None:
        """Have the log know what is registered at home now. Costs two reads where it does. Raises
        StoreUnavailable, or ConfigError where the database holds something else."""
        if self._is_current():
            return
        with self._registry.preparing() as there:
            if not is_sqlite(self._there):
                there.exec_driver_sql(_TURN)
            _check_ours(there, self._name)
            with reading(self._home) as here:
                version = here.execute(select(bus_state.c.registry_version)).scalar_one()
                _bring_clients(here, there)
                _bring_topics(here, there, self._name)
                _bring_subscriptions(here, there)
            copied = {"log_name": self._name, "copied_version": version}
            there.execute(update(bus_state).values(copied))

    def take_home(self) -> bool:
        """Have home know what the pushers of the log have disabled; whether there was any."""
        found = select(subscriptions.c.id, *[subscriptions.c[name] for name in _STATE]).where(
            subscriptions.c.state == State.DISABLED.value
        )
        with reading(self._there) as there:
            disabled = there.execute(found).mappings().all()
        return bool(disabled) and self._disable_at_home(disabled)

    def _disable_at_home(self, disabled: Iterable[Row]) -> bool:
        with writing(self._home) as here:
            count = 0
            for row in disabled:
                is_news = (
                    subscriptions.c.id == row["id"],
                    subscriptions.c.state == State.ACTIVE.value,
                    subscriptions.c.state_since_ms < row["state_since_ms"],
                )
                state = {name: row[name] for name in _STATE}
                count += here.execute(update(subscriptions).where(*is_news).values(state)).rowcount
            if count:
                here.exec_driver_sql(REGISTRY_CHANGED)
        return count > 0

    def _is_current(self) -> bool:
        with reading(self._there) as there:
            copied = there.execute(select(bus_state.c.log_name, bus_state.c.copied_version)).one()
        with reading(self._home) as here:
            version = here.execute(select(bus_state.c.registry_version)).scalar_one()
        return tuple(copied) == (self._name, version)


def _check_ours(there: Connection, name: str) -> None:
    """Two logs in one database, or a bus of its own, would be taken for this one."""
    found = there.execute(select(bus_state.c.log_name)).scalar_one()
    if found is None and any(_holds(there, table) for table in (tokens, subscriptions, events)):
        raise ConfigError([f"BUS_LOGS: the database of {name} holds a bus of its own"])
    if found not in {None, name}:
        raise ConfigError([f"BUS_LOGS: the database of {name} is that of {found}"])


def _holds(connection: Connection, table: Table) -> bool:
    return connection.execute(select(table).limit(1)).first() is not None


def _bring_clients(here: Connection, there: Connection) -> None:
    known = set(there.execute(select(clients.c.id)).scalars())
    found = here.execute(select(clients)).mappings()
    if new := [dict(row) for row in found if row["id"] not in known]:
        there.execute(insert(clients), new)


def _bring_topics(here: Connection, there: Connection, name: str) -> None:
    """Those that are in this log. Their counts are its own."""
    ours = select(topic_rows).where(topic_rows.c.log == name)
    known = {row["name"]: row for row in there.execute(select(topic_rows)).mappings()}
    for row in here.execute(ours).mappings():
        before = known.get(row["name"])
        if row["deleted"] and before is not None and not before["deleted"]:
            topics.let_go(there, row["name"])
        about = {column: row[column] for column in _OF_TOPIC}
        if before is None:
            new = {"name": row["name"], "events": 0, "events_before": 0, **about}
            there.execute(insert(topic_rows).values(new))
        elif any(before[column] != about[column] for column in _OF_TOPIC):
            changed = update(topic_rows).where(topic_rows.c.name == row["name"])
            there.execute(changed.values(about))


def _bring_subscriptions(here: Connection, there: Connection) -> None:
    wanted, known = _subscriptions(here), _subscriptions(there)
    same = {
        id for id, row in known.items() if id in wanted and _is_of_one(row, wanted[id])
    }  # a number may be given again where a copy was restored
    if gone := set(known) - same:
        there.execute(delete(subscriptions).where(subscriptions.c.id.in_(gone)))
    filters, before = _filters(here), _filters(there)
    for id, row in wanted.items():
        patterns = tuple(one for one in filters.get(id, ()) if one.until is None)
        if id not in same:
            _begin(there, row, patterns)
        else:
            _change(there, known[id], row, patterns, before.get(id, ()))


def _subscriptions(connection: Connection) -> dict[int, Row]:
    found = connection.execute(select(subscriptions)).mappings()
    return {row["id"]: row for row in found}


def _filters(connection: Connection) -> dict[int, tuple[TopicFilter, ...]]:
    return topic_filters.filters_of(connection, select(subscriptions.c.id))


def _is_of_one(one: Row, other: Row) -> bool:
    return all(one[name] == other[name] for name in ("client_id", "name", "created_at_ms"))


def _begin(there: Connection, row: Row, patterns: Iterable[TopicFilter]) -> None:
    position = cursor_at(there, _start(row))
    there.execute(insert(subscriptions).values(dict(row)))
    begun = [filter_of(one.pattern, position, one.about) for one in patterns]
    topic_filters.add(there, row["id"], begun)
    cursors.begin_at(there, row["id"], position)


def _start(row: Row) -> StartPosition:
    """Where it was to begin; a position is one of the log at home."""
    at, value = from_json(row["begun_at"]) or (StartAt.NOW.value, 0)
    return NOW if at == StartAt.POSITION.value else StartPosition(StartAt(at), value)


def _change(
    there: Connection,
    before: Row,
    row: Row,
    patterns: tuple[TopicFilter, ...],
    filters: tuple[TopicFilter, ...],
) -> None:
    ours = subscriptions.c.id == row["id"]
    kept = {name: before[name] for name in _STATE} if _keeps_state(before, row) else {}
    after = {**row, **kept}
    if after != dict(before):
        there.execute(update(subscriptions).where(ours).values(after))
    if bool(before["callback"]) != bool(row["callback"]):  # pushed from here on, or pulled
        cursors.forget_leases(there, row["id"])
    if _asked(filters) != _asked(patterns):
        about = next((one.about for one in patterns), "")
        wanted = [one.pattern for one in patterns]
        topic_filters.replace(there, row["id"], refiltered(filters, wanted, log_end(there), about))


def _keeps_state(before: Row, row: Row) -> bool:
    """Whether home is to hear of the log's own first: it was disabled there, or waits there for a
    snapshot that is of this log alone, as another's is not."""
    is_disabled = before["state"] == State.DISABLED.value
    is_newer = is_disabled and before["state_since_ms"] > row["state_since_ms"]
    return is_newer or SNAPSHOT in {before["reason"], row["reason"]}


def _asked(filters: Iterable[TopicFilter]) -> set[tuple[str, str | None]]:
    return {(one.pattern, one.about) for one in filters if one.until is None}
