"""The outbox as it is stored: each method is one atomic act."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Engine, Row, Table, delete, func, insert, select

from service_kit.database import reading, writing
from service_kit.dialects import insert_or
from service_kit.outbox.batches import Settlement
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
    ) -> Sequence[Row[Any]]:
        """The oldest events that wait, but for those of some topics and those of some ids."""
        wanted = select(self._waiting).order_by(self._waiting.c.id).limit(limit)
        if without:
            wanted = wanted.where(self._waiting.c.topic.not_in(without))
        if but:
            wanted = wanted.where(self._waiting.c.id.not_in(but))
        with reading(self.engine) as connection:
            return connection.execute(wanted).all()

    def settle(self, what: Settlement) -> None:
        """Forget what was published, set aside what was refused, note what is held and freed."""
        with writing(self.engine) as connection:
            ours = self._waiting.c.id.in_([*what.published, *what.refused])
            gone = connection.execute(delete(self._waiting).where(ours).returning(self._waiting))
            rows = [row._asdict() for row in gone if row.id in what.refused]
            if rows:
                reasons = [{"reason": what.refused[row["id"]][:MOST_REASON]} for row in rows]
                both = [row | reason for row, reason in zip(rows, reasons, strict=True)]
                connection.execute(insert(self._refused), both)
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

    def held(self) -> dict[str, str]:
        """Why each topic is held."""
        wanted = select(self._held.c.topic, self._held.c.reason).order_by(self._held.c.topic)
        with reading(self.engine) as connection:
            return {row.topic: row.reason for row in connection.execute(wanted)}

    def refused(self) -> Sequence[Row[Any]]:
        """The events that were refused, with their reasons, oldest first."""
        with reading(self.engine) as connection:
            return connection.execute(select(self._refused).order_by(self._refused.c.id)).all()

    def counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """How many events of each topic wait, and how many were refused."""
        with reading(self.engine) as connection:
            waiting, refused = (
                connection.execute(
                    select(table.c.topic, func.count()).group_by(table.c.topic)
                ).all()
                for table in (self._waiting, self._refused)
            )
        return dict(map(tuple, waiting)), dict(map(tuple, refused))

    def retry(self, ids: Collection[int] | None = None) -> int:
        """Have refused events (all without ids) and held topics published again, in their old
        places; returns how many events. May be repeated."""
        with writing(self.engine) as connection:
            back = connection.execute(self._of(ids).returning(self._refused)).all()
            columns = self._waiting.c.keys()
            rows = [{name: getattr(row, name) for name in columns} for row in back]
            if rows:
                connection.execute(insert(self._waiting), rows)
            connection.execute(delete(self._held))
        return len(rows)

    def drop(self, ids: Collection[int] | None = None) -> int:
        """Forget refused events (all without ids): nobody will hear of them."""
        with writing(self.engine) as connection:
            return connection.execute(self._of(ids)).rowcount

    def drop_topic(self, topic: str) -> int:
        """Forget the events of a topic that is held; nothing of any other."""
        with writing(self.engine) as connection:
            held = connection.execute(delete(self._held).where(self._held.c.topic == topic))
            if not held.rowcount:
                return 0
            return connection.execute(
                delete(self._waiting).where(self._waiting.c.topic == topic)
            ).rowcount

    def _of(self, ids: Collection[int] | None) -> Any:
        some = delete(self._refused)
        return some if ids is None else some.where(self._refused.c.id.in_(ids))
