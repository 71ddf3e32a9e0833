"""How much of the log is still ahead of a cursor, without counting rows."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, and_, false, func, or_, select

from bus.model.topic import SYSTEM_TOPIC
from bus.model.topic_filter import EVERY_TOPIC, TopicFilter
from bus.storage.start_position import log_end, log_start
from bus.storage.tables import events, snapshots, topics
from bus.storage.topic_filters import belongs


def backlog(
    connection: Connection, position: int, filters: Iterable[TopicFilter]
) -> tuple[int, int | None]:
    """How many events of `filters` come after `position`, and when the first was published (ms).

    Costs two or three index look-ups a topic, however long the backlog. Types are not told
    apart, of `*` every position counts, and of what the bus tells of itself all: for those it is
    the most there can be.
    """
    queued = 0
    oldest_at_ms: int | None = None
    for topic_filter in _by_topic(filters):
        start = max(position, topic_filter.after)
        waiting = _waiting(connection, topic_filter, start)
        if waiting > 0:
            queued += waiting
            first_at_ms = _first_after(connection, topic_filter.topic, start)
            oldest_at_ms = min(filter(None, (oldest_at_ms, first_at_ms)), default=None)
    return queued, oldest_at_ms


def count_ahead(connection: Connection, position: int, filters: Iterable[TopicFilter]) -> int:
    """How many events of `filters` come after `position`, types told apart: counts rows."""
    wanted = or_(false(), *map(_belongs, filters))
    counted = select(func.count()).select_from(events).where(events.c.position > position, wanted)
    return int(connection.execute(counted).scalar_one())


def snapshot_left(
    connection: Connection, subscription_id: int, position: int
) -> tuple[int, int | None]:
    """The same of a subscription's snapshot: its events after `position`, by their numbers."""
    ours = snapshots.c.subscription_id == subscription_id
    first = (
        select(snapshots.c.number, events.c.published_at_ms)
        .join(events, events.c.position == snapshots.c.position)
        .where(ours, snapshots.c.position > position)
        .order_by(snapshots.c.position)
        .limit(1)
    )
    last = select(snapshots.c.number).where(ours).order_by(snapshots.c.position.desc()).limit(1)
    found = connection.execute(first).one_or_none()
    if found is None:
        return 0, None
    return int(connection.execute(last).scalar_one()) - found.number + 1, found.published_at_ms


def _belongs(topic_filter: TopicFilter) -> ColumnElement[bool]:
    return and_(events.c.position > topic_filter.after, belongs(topic_filter))


def _by_topic(filters: Iterable[TopicFilter]) -> list[TopicFilter]:
    """One filter a topic; where every topic is wanted, there is only the bus's own beside it."""
    found: dict[str, TopicFilter] = {}
    for one in filters:
        other = found.get(one.topic, one)
        until = None if None in {one.until, other.until} else max(one.until or 0, other.until or 0)
        found[one.topic] = TopicFilter(one.topic, min(one.after, other.after), until)
    if EVERY_TOPIC in found:
        return [found[name] for name in (EVERY_TOPIC, SYSTEM_TOPIC) if name in found]
    return list(found.values())


def _waiting(connection: Connection, topic_filter: TopicFilter, start: int) -> int:
    if topic_filter.topic == EVERY_TOPIC:
        since = max(start, log_start(connection))
        ours = TopicFilter(SYSTEM_TOPIC)  # which is no part of it
        return log_end(connection) - since - _waiting(connection, ours, since)
    before = _number_at(connection, topic_filter.topic, start)
    return _number_at(connection, topic_filter.topic, topic_filter.until) - before


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
    is_wanted = events.c.topic == topic if topic != EVERY_TOPIC else events.c.topic != SYSTEM_TOPIC
    wanted = (
        select(events.c.published_at_ms)
        .where(events.c.position > position, is_wanted)
        .order_by(events.c.position)
        .limit(1)
    )
    return connection.execute(wanted).scalar_one_or_none()
