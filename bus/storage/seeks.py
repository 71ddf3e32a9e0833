"""Where a seek leads, and what it would bring, before and when it is done (docs/delivery.md D9)."""

from collections.abc import Sequence
from dataclasses import replace

from service_kit.database import reading
from sqlalchemy import Connection, Engine, select, union

from bus.log.event_log import EVENT_COLUMNS
from bus.model.event import LogEvent
from bus.model.subscription import SeekPreview, StartAt, StartPosition
from bus.model.topic_filter import TopicFilter
from bus.storage import cursors
from bus.storage.lag import backlog
from bus.storage.snapshots import Snapshots
from bus.storage.start_position import cursor_at, log_end, log_start
from bus.storage.tables import events
from bus.storage.topic_filters import belongs, filters_of

_EVENT = [events.c[name.strip()] for name in EVENT_COLUMNS.split(",")]


def seek_position(connection: Connection, subscription_id: int, start: StartPosition) -> int:
    """The cursor for a start, which may be so many of its own events away from where it is."""
    if start.at is not StartAt.EVENTS:
        return cursor_at(connection, start)
    position = cursors.position_of(connection, subscription_id)
    filters = filters_of(connection, [subscription_id]).get(subscription_id, ())
    return _moved(connection, position, filters, start.value)


class Seeks:
    """What seeks would bring. Changes nothing."""

    def __init__(self, engine: Engine, snapshots: Snapshots) -> None:
        self._engine = engine
        self._snapshots = snapshots

    def preview(self, subscription_id: int, start: StartPosition) -> SeekPreview:
        """What would be ahead of the cursor. A snapshot is taken for it: that reads the log."""
        with reading(self._engine) as connection:
            position = seek_position(connection, subscription_id, start)
            filters = tuple(
                replace(one, after=min(one.after, position))
                for one in filters_of(connection, [subscription_id]).get(subscription_id, ())
            )
            begin, end = log_start(connection), log_end(connection)
            if start.at is StartAt.SNAPSHOT:
                found = self._snapshots.take(filters, end)
                ends = [_event_at(connection, one) for one in (*found[:1], *found[-1:])]
                count = len(found)
            else:
                count, _ = backlog(connection, position, filters)
                ends = _first_and_last(connection, position, filters)
        oldest, newest = ends or (None, None)
        return SeekPreview(position, count, oldest, newest, max(0, begin - position))


def _moved(
    connection: Connection, position: int, filters: Sequence[TopicFilter], number: int
) -> int:
    """The position from which so many of these events less, or more, are ahead."""
    if not number or not filters:
        return position
    is_back = number < 0
    order = events.c.position.desc() if is_back else events.c.position
    beyond = events.c.position <= position if is_back else events.c.position > position
    each = [
        select(events.c.position)
        .where(belongs(one), beyond)
        .order_by(order)
        .limit(abs(number))
        .subquery()
        for one in filters
    ]
    together = union(*[select(one.c.position) for one in each]).subquery()
    wanted = select(together.c.position).order_by(
        together.c.position.desc() if is_back else together.c.position
    )
    found = connection.execute(wanted.offset(abs(number) - 1).limit(1)).scalar_one_or_none()
    if found is None:
        return log_start(connection) if is_back else log_end(connection)
    return int(found) - 1 if is_back else int(found)


def _first_and_last(
    connection: Connection, position: int, filters: Sequence[TopicFilter]
) -> list[LogEvent]:
    """The oldest and the newest of these events after a position; nothing when there is none."""
    ends: list[LogEvent] = []
    for order in (events.c.position, events.c.position.desc()):
        found = [
            LogEvent(*row)
            for one in filters
            for row in connection.execute(
                select(*_EVENT)
                .where(belongs(one), events.c.position > max(position, one.after))
                .order_by(order)
                .limit(1)
            )
        ]
        chosen = min if not ends else max
        if found:
            ends.append(chosen(found))
    return ends


def _event_at(connection: Connection, position: int) -> LogEvent:
    return LogEvent(*connection.execute(select(*_EVENT).where(events.c.position == position)).one())
