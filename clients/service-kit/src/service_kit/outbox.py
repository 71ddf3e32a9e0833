"""The outbox: an event is written with the change it announces, and published after the commit."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    delete,
    insert,
    select,
)

from service_kit.backoff import backoff_s
from service_kit.database import reading, writing
from service_kit.errors import HttpFailure
from service_kit.logs import get_logger
from service_kit.notify import NotifyChannel

log = get_logger(__name__)

Publish = Callable[[str, list[Any]], None]
"""(topic, events): returns once the bus has them on disk, raises HttpFailure otherwise."""

_BATCH = 500
_POLL_S = 0.5


def outbox_table(metadata: MetaData) -> Table:
    """The table of events that wait to be published; rows leave once the bus has them."""
    return Table(
        "outbox",
        metadata,
        Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
        Column("topic", String(64), nullable=False),
        Column("type", String(8), nullable=False),
        Column("url", String(1024), nullable=False),
        Column("changed_at_ms", BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )


def announce(
    connection: Connection, table: Table, *, topic: str, type: str, url: str, now_ms: int
) -> None:
    """Write an event into the transaction of the change that it announces."""
    connection.execute(insert(table).values(topic=topic, type=type, url=url, changed_at_ms=now_ms))


class Relay:
    """Publishes what waits in the outbox, in the order it was written.

    At least once: killed between the bus's answer and the delete, the rows go out again. So
    receivers key what they do by the entity, not by the event.
    """

    def __init__(
        self, engine: Engine, table: Table, publish: Publish, channel: NotifyChannel | None = None
    ) -> None:
        self._engine = engine
        self._table = table
        self._publish = publish
        self._channel = channel or NotifyChannel.for_database(str(engine.url))
        self._failures = 0

    def run_once(self) -> float:
        """Wait to be notified (at most half a second), publish what waits; a body for `run_loops`.

        Returns 0, or the seconds to back off after the bus could not be reached.
        """
        self._channel.wait(_POLL_S)
        try:
            while self.publish_waiting():
                self._failures = 0
        except HttpFailure as error:
            self._failures += 1
            pause_s = backoff_s(self._failures, longest_s=30)
            log.warning("publish failed", error=str(error), retry_in_s=round(pause_s, 2))
            return pause_s
        return 0

    def publish_waiting(self) -> int:
        """Publish one batch; returns how many events left. Raises HttpFailure, losing nothing."""
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(self._table).order_by(self._table.c.id).limit(_BATCH)
            ).all()
        for topic, run in groupby(rows, key=lambda row: row.topic):
            events = list(run)
            self._publish(topic, [_event(row) for row in events])
            self._forget([row.id for row in events])
        return len(rows)

    def _forget(self, ids: Sequence[int]) -> None:
        with writing(self._engine) as connection:
            connection.execute(delete(self._table).where(self._table.c.id.in_(ids)))


def _event(row: Any) -> dict[str, Any]:
    return {"type": row.type, "url": row.url, "timestamp": row.changed_at_ms}
