"""The last events of entities: what coalescing and snapshots are made of."""

from collections.abc import Collection, Sequence

from service_kit.database import is_sqlite
from sqlalchemy import Engine

from bus.log.event_log import EVENT_COLUMNS
from bus.model.event import LogEvent, log_event_from
from bus.storage.transactions import Driver

_AT_ONCE = 500

Last = tuple[str, str, str, int]
"""Topic, type and URL, and the last position where they came together."""


class EntityIndex:
    """Reads the log by entity."""

    def __init__(self, engine: Engine, driver: Driver) -> None:
        # NOT INDEXED: to group, SQLite would walk the whole index by topic instead of the rows.
        self._from = "FROM events NOT INDEXED" if is_sqlite(engine) else "FROM events"
        self._driver = driver

    def between(
        self, after: int, upto: int, topics: Collection[str] | None = None
    ) -> Sequence[Last]:
        """For each topic, type and URL of the events after `after` and up to `upto`, the last."""
        names = "" if topics is None else f" AND topic IN ({_placeholders(topics)})"
        return self._driver.rows(
            f"SELECT topic, type, url, max(position) {self._from}"
            f" WHERE position > ? AND position <= ?{names} GROUP BY topic, type, url",
            (after, upto, *(topics or ())),
        )

    def after(self, position: int, topics: Collection[str] | None, limit: int) -> Sequence[Last]:
        """The first entities that were last told about after `position`, in that order.

        An event that comes meanwhile moves its entity on, never back: whoever reads on from the
        last position found, until there are no more, has met every entity of the log.
        """
        names = "" if topics is None else f" AND topic IN ({_placeholders(topics)})"
        return self._driver.rows(
            f"SELECT topic, type, url, position FROM entities WHERE position > ?{names}"  # noqa: S608
            " ORDER BY position LIMIT ?",
            (position, *(topics or ()), limit),
        )

    def at(self, positions: Sequence[int]) -> list[LogEvent]:
        """The events at some positions, in order; those that were trimmed are missing."""
        found: list[LogEvent] = []
        for start in range(0, len(positions), _AT_ONCE):
            some = positions[start : start + _AT_ONCE]
            found += map(
                log_event_from,
                self._driver.rows(
                    f"SELECT {EVENT_COLUMNS} FROM events WHERE position IN ({_placeholders(some)})"  # noqa: S608
                    " ORDER BY position",
                    some,
                ),
            )
        return found


def _placeholders(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))
