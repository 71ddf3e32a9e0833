"""The outbox as it is stored: each method is one atomic act."""

from collections import Counter
from collections.abc import Collection, Mapping

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    true,
)

from service_kit.database import reading, writing
from service_kit.dialects import insert_or
from service_kit.outbox.batches import Settlement
from service_kit.outbox.stored import StoredEvent, cells, events_from, text_of
from service_kit.outbox.tables import HELD, MOST_REASON, REFUSED


class Outbox:
    """Events that wait, events that were refused, topics that are held."""

    def __init__(self, engine: Engine, table: Table) -> None:
        self.engine = engine
        self._waiting = table
        self._refused = table.metadata.tables[REFUSED]
        self._held = table.metadata.tables[HELD]

    def next(
        self, limit: int, *, without: Collection[str] = (), but: Collection[int] = ()
    ) -> list[StoredEvent]:
        """The oldest events that wait, but for those of some topics and those of some ids."""
        with reading(self.engine) as connection:
            wanted = select(*cells(connection, self._waiting)).limit(limit)
            if without:
                wanted = wanted.where(self._waiting.c.topic.not_in(without))
            if but:
                wanted = wanted.where(self._waiting.c.id.not_in(but))
            return list(events_from(connection.execute(wanted.order_by(self._waiting.c.id))))

    def settle(self, what: Settlement) -> None:
        """Forget what was published, set aside what was refused, note what is held and freed."""
        with writing(self.engine) as connection:
            self._set_aside(connection, what.refused)
            gone = self._waiting.c.id.in_([*what.published, *what.refused])
            connection.execute(delete(self._waiting).where(gone))
            for topic, reason in what.held.items():
                held = insert_or(connection, self._held).values(
                    topic=topic, reason=reason[:MOST_REASON]
                )
                connection.execute(
                    held.on_conflict_do_update(
                        index_elements=["topic"], set_={"reason": held.excluded.reason}
                    )
                )
            if what.freed:
                connection.execute(delete(self._held).where(self._held.c.topic.in_(what.freed)))

    def _set_aside(self, connection: Connection, refused: Mapping[int, str]) -> None:
        """As they are, cell by cell: who knows what was meant can mend them there."""
        if not refused:
            return
        reason = bindparam("why", type_=self._refused.c.reason.type)
        those = select(*self._waiting.c, reason).where(self._waiting.c.id == bindparam("which"))
        connection.execute(
            insert(self._refused).from_select([*self._waiting.c.keys(), "reason"], those),
            [{"which": id, "why": why[:MOST_REASON]} for id, why in refused.items()],
        )

    def held(self) -> dict[str, str]:
        """Why each topic is held."""
        wanted = select(self._held.c.topic, self._held.c.reason).order_by(self._held.c.topic)
        with reading(self.engine) as connection:
            return {row.topic: row.reason for row in connection.execute(wanted)}

    def refused(self) -> list[StoredEvent]:
        """The events that were refused, with their reasons, oldest first."""
        with reading(self.engine) as connection:
            wanted = select(*cells(connection, self._refused)).order_by(self._refused.c.id)
            return list(events_from(connection.execute(wanted)))

    def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """How many events of each topic wait, and how many were refused."""
        with reading(self.engine) as connection:
            waiting, refused = (
                _by_topic(connection, table) for table in (self._waiting, self._refused)
            )
        return waiting, refused

    def oldest_ms(self) -> dict[str, int]:
        """When what has waited longest of each topic was changed."""
        time = self._waiting.c.changed_at_ms
        with reading(self.engine) as connection:
            stored = {cell.name: cell for cell in cells(connection, self._waiting)}
            first = func.min(stored[time.name])
            wanted = select(stored["topic"], first).group_by(self._waiting.c.topic)
            return {text_of(topic)[0]: at or 0 for topic, at in connection.execute(wanted)}

    def retry(self, ids: Collection[int] | None = None) -> int:
        """Have refused events (all without ids) and held topics published again, in their old
        places; returns how many events. May be repeated."""
        columns = self._waiting.c.keys()
        with writing(self.engine) as connection:
            back = select(*(self._refused.c[name] for name in columns)).where(self._are(ids))
            connection.execute(insert(self._waiting).from_select(columns, back))
            retried = connection.execute(delete(self._refused).where(self._are(ids))).rowcount
            connection.execute(delete(self._held))
        return retried

    def drop(self, ids: Collection[int] | None = None) -> int:
        """Forget refused events (all without ids): nobody will hear of them."""
        with writing(self.engine) as connection:
            return connection.execute(delete(self._refused).where(self._are(ids))).rowcount

    def drop_topic(self, topic: str) -> int:
        """Forget the events of a topic that is held; nothing of any other."""
        with writing(self.engine) as connection:
            held = connection.execute(delete(self._held).where(self._held.c.topic == topic))
            if not held.rowcount:
                return 0
            return connection.execute(
                delete(self._waiting).where(self._waiting.c.topic == topic)
            ).rowcount

    def _are(self, ids: Collection[int] | None) -> ColumnElement[bool]:
        return true() if ids is None else self._refused.c.id.in_(ids)


def _by_topic(connection: Connection, table: Table) -> dict[str, int]:
    topic = next(one for one in cells(connection, table) if one.name == "topic")
    counted: Counter[str] = Counter()
    for stored, count in connection.execute(select(topic, func.count()).group_by(table.c.topic)):
        counted[text_of(stored)[0]] += count
    return dict(counted)
