"""How much of the log is still ahead of a cursor, without counting rows."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, and_, false, func, or_, select, text

from bus.model.topic import SYSTEM_TOPIC
from bus.model.topic_filter import EVERY_TOPIC, TopicFilter
from bus.storage.start_position import log_end, log_start
from bus.storage.tables import events, snapshots
from bus.storage.topic_filters import belongs


def backlog(
    connection: Connection, position: int, filters: Iterable[TopicFilter]
) -> tuple[int, int | None]:
    """How many events of `filters` come after `position`, and when the first was published (ms).

    Costs a few index look-ups a topic, however long the backlog. Types are not told
    apart, of `*` every position counts, and of what the bus tells of itself all: for those it is
    the most there can be.
    """
    queued = 0
    oldest_at_ms: int | None = None
    for topic_filter in _by_topic(filters):
        start = max(position, topic_filter.after)
        waiting, first_at_ms = _ahead(connection, topic_filter, start)
        if waiting > 0:
            queued += waiting
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


def _ahead(connection: Connection, topic_filter: TopicFilter, start: int) -> tuple[int, int | None]:
    """How many of its events come after `start`, and when the first was published."""
    if topic_filter.topic != EVERY_TOPIC:
        return _ahead_of_topic(connection, topic_filter, start)
    since = max(start, log_start(connection))
    ours, _ = _ahead_of_topic(connection, TopicFilter(SYSTEM_TOPIC), since)  # no part of it
    first = connection.execute(_FIRST_OF_ALL, {"start": start}).scalar_one_or_none()
    return log_end(connection) - since - ours, first


def _ahead_of_topic(
    connection: Connection, topic_filter: TopicFilter, start: int
) -> tuple[int, int | None]:
    place = {"topic": topic_filter.topic, "start": start}
    if topic_filter.until is None:
        found = connection.execute(_AHEAD, place)
    else:
        found = connection.execute(_AHEAD_UNTIL, place | {"until": topic_filter.until})
    waiting, first_at_ms = found.one()
    return int(waiting), first_at_ms


# As text, for a page of subscriptions asks one of these for each: to put such a statement together
# takes ten times as long as to answer it.
def _number_at(position: str) -> str:
    """How many events the topic had up to a position, trimmed ones included."""
    return (
        "coalesce((SELECT number FROM events WHERE topic = :topic"  # noqa: S608
        f" AND position <= :{position} ORDER BY position DESC LIMIT 1),"
        " (SELECT number - 1 FROM events WHERE topic = :topic"
        f" AND position > :{position} ORDER BY position LIMIT 1), {_NUMBER_NOW})"
    )


_NUMBER_NOW = "coalesce((SELECT topics.events FROM topics WHERE name = :topic), 0)"
_FIRST = (
    "(SELECT published_at_ms FROM events WHERE topic = :topic AND position > :start"
    " ORDER BY position LIMIT 1)"
)
_AHEAD = text(f"SELECT {_NUMBER_NOW} - {_number_at('start')}, {_FIRST}")
_AHEAD_UNTIL = text(f"SELECT {_number_at('until')} - {_number_at('start')}, {_FIRST}")
_FIRST_OF_ALL = text(
    "SELECT published_at_ms FROM events WHERE position > :start"  # noqa: S608
    f" AND topic != '{SYSTEM_TOPIC}' ORDER BY position LIMIT 1"
)
