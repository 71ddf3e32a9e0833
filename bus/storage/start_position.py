"""Where in the log a subscription begins."""

from sqlalchemy import Connection, func, select

from bus.model.subscription import StartAt, StartPosition
from bus.storage.tables import events


def log_end(connection: Connection) -> int:
    """The position of the newest event; 0 without any."""
    return int(connection.execute(select(func.max(events.c.position))).scalar() or 0)


def log_start(connection: Connection) -> int:
    """The position before the oldest event that there is."""
    first = connection.execute(select(func.min(events.c.position))).scalar()
    return 0 if first is None else int(first) - 1


def cursor_at(connection: Connection, start: StartPosition) -> int:
    """The cursor for a start; its snapshot is not looked at here.

    A position beyond the log is its end, one before it is kept: what is missing is then told.
    """
    end = log_end(connection)
    match start.at:
        case StartAt.NOW:
            return end
        case StartAt.BEGINNING | StartAt.SNAPSHOT:
            return log_start(connection)
        case StartAt.POSITION:
            return min(start.value, end)
        case StartAt.TIME:
            return _before(connection, start.value, end)
        case StartAt.EVENTS:
            raise ValueError("only a cursor that there is can be moved by events")


def _before(connection: Connection, time_ms: int, end: int) -> int:
    """The last position published before a time: positions grow with time, so it is halved for."""
    low, high = log_start(connection), end
    while low < high:
        middle = (low + high + 1) // 2
        at_ms = connection.execute(
            select(events.c.published_at_ms)
            .where(events.c.position <= middle)
            .order_by(events.c.position.desc())
            .limit(1)
        ).scalar()
        if at_ms is not None and at_ms >= time_ms:
            high = middle - 1
        else:
            low = middle
    return low
