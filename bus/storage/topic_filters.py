"""What subscriptions get: the rows of `subscription_topics`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, insert, select, true, update

from bus.errors import NotFound
from bus.model.paths import collection_path
from bus.model.topic import SYSTEM_TOPIC
from bus.model.topic_filter import EVERY_TOPIC, TopicFilter
from bus.storage.tables import events, subscription_topics

_columns = subscription_topics.c


def filters_of(
    connection: Connection, subscription_ids: Sequence[int] | Select[tuple[int]]
) -> dict[int, tuple[TopicFilter, ...]]:
    """What each subscription gets, by topic and type; ended ones included."""
    wanted = (
        select(subscription_topics)
        .where(_columns.subscription_id.in_(subscription_ids))
        .order_by(_columns.topic, _columns.type)
    )
    found: defaultdict[int, list[TopicFilter]] = defaultdict(list)
    for row in connection.execute(wanted):
        place = row.topic, row.after_position, row.until_position
        one = TopicFilter(*place, row.type or None, row.about)
        found[row.subscription_id].append(one)
    return {subscription_id: tuple(filters) for subscription_id, filters in found.items()}


def add(connection: Connection, subscription_id: int, filters: Iterable[TopicFilter]) -> None:
    """Give a subscription these too."""
    rows = [
        {
            "subscription_id": subscription_id,
            "topic": one.topic,
            "type": one.type or "",
            "after_position": one.after,
            "until_position": one.until,
            "about": one.about,
        }
        for one in filters
    ]
    if rows:
        connection.execute(insert(subscription_topics), rows)


def replace(connection: Connection, subscription_id: int, filters: Iterable[TopicFilter]) -> None:
    """Give a subscription these only."""
    connection.execute(
        delete(subscription_topics).where(_columns.subscription_id == subscription_id)
    )
    add(connection, subscription_id, filters)


def remove(connection: Connection, subscription_id: int, topic: str) -> None:
    """Take a topic out of a subscription. Raises NotFound when it isn't subscribed to."""
    gone = connection.execute(
        delete(subscription_topics).where(
            _columns.subscription_id == subscription_id,
            _columns.topic == topic,
            _columns.until_position.is_(None),
        )
    )
    if gone.rowcount == 0:
        raise NotFound("not subscribed to this topic")


def reach_back_to(connection: Connection, subscription_id: int, position: int) -> None:
    """Let filters that begin after a position begin there."""
    connection.execute(
        update(subscription_topics)
        .where(_columns.subscription_id == subscription_id, _columns.after_position > position)
        .values(after_position=position)
    )


def belongs(one: TopicFilter) -> ColumnElement[bool]:
    """Whether a row of `events` belongs to a filter, wherever the filter begins."""
    topic = events.c.topic
    conditions = [topic == one.topic if one.topic != EVERY_TOPIC else topic != SYSTEM_TOPIC]
    if one.topic == SYSTEM_TOPIC and one.about is not None:
        theirs = f"{collection_path(one.about)}/"
        conditions.append(events.c.url.contains(theirs, autoescape=True))
    if one.type is not None:
        conditions.append(events.c.type == one.type)
    if one.until is not None:
        conditions.append(events.c.position <= one.until)
    return and_(true(), *conditions)
