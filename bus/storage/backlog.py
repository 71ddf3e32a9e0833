"""How much of the log is still ahead of a cursor, without counting rows."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from bus.model import TopicScope
from bus.storage.tables import events, topics


def backlog(
    connection: Connection, position: int, scopes: Iterable[TopicScope]
) -> tuple[int, int | None]:
    """How many events of `scopes` come after `position`, and when the first was published (ms).

    Costs two or three index look-ups a topic, however long the backlog.
    """
    queued = 0
    oldest_at_ms: int | None = None
    for scope in scopes:
        start = max(position, scope.after)
        waiting = _number_at(connection, scope.topic, scope.until) - _number_at(
            connection, scope.topic, start
        )
        if waiting > 0:
            queued += waiting
            first_at_ms = _first_after(connection, scope.topic, start)
            oldest_at_ms = min(filter(None, (oldest_at_ms, first_at_ms)), default=None)
    return queued, oldest_at_ms


def _number_at(connection: Connection, topic: str, position: int | None) -> int:
    """How many events the topic had up to a position (None: up to now), trimmed ones included."""
    if position is not None:
        ours = (events.c.topic == topic, events.c.position <= position)
        last = select(events.c.number).where(*ours).order_by(events.c.position.desc()).limit(1)
        if (number := connection.execute(last).scalar_one_or_none()) is not None:
            return int(number)
        ours = (events.c.topic == topic, events.c.position > position)
        first = select(events.c.number).where(*ours).order_by(events.c.position).limit(1)
        if (number := connection.execute(first).scalar_one_or_none()) is not None:
            return int(number) - 1
    total = select(topics.c.events).where(topics.c.name == topic)
    return int(connection.execute(total).scalar_one_or_none() or 0)


def _first_after(connection: Connection, topic: str, position: int) -> int | None:
    wanted = (
        select(events.c.published_at_ms)
        .where(events.c.topic == topic, events.c.position > position)
        .order_by(events.c.position)
        .limit(1)
    )
    return connection.execute(wanted).scalar_one_or_none()
