"""Snapshots: the last event of every live entity, for a subscription to begin with.

docs/delivery.md D10.
"""

from service_kit.database import patiently

from bus.log.event_log import EVENT_COLUMNS
from bus.model.event import LogEvent, log_event_from
from bus.model.topic import SYSTEM_TOPIC
from bus.model.topic_filter import EVERY_TOPIC, TopicFilter
from bus.storage.transactions import Driver

_AT_ONCE = 5_000
_READ = (
    f"SELECT {EVENT_COLUMNS} FROM snapshots JOIN events USING (position)"  # noqa: S608
    " WHERE subscription_id = ? AND position > ? ORDER BY position LIMIT ?"
)
_ADD = (
    "INSERT INTO snapshots (subscription_id, position, number) VALUES (?, ?, ?)"
    " ON CONFLICT (subscription_id, position) DO NOTHING"
)
_FORGET_SOME = (
    "DELETE FROM snapshots WHERE subscription_id = ? AND position <= (SELECT max(position) FROM"
    " (SELECT position FROM snapshots WHERE subscription_id = ? ORDER BY position LIMIT ?) AS it)"
)
_IS_LARGE = "SELECT 1 FROM snapshots WHERE subscription_id = ? LIMIT 1 OFFSET ?"


class Snapshots:
    """Positions that are read instead of the log before them."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def read_after(self, subscription_id: int, position: int, limit: int) -> list[LogEvent]:
        """The first events of a snapshot after a position."""
        found = self._driver.rows(_READ, (subscription_id, position, limit))
        return list(map(log_event_from, found))

    def take(self, filters: tuple[TopicFilter, ...], upto: int) -> list[int]:
        """The position of the last event of each live entity, of the log up to `upto`, in order.

        An entity is live when the last event of its topic and URL is no `delete`; what a
        subscription gets of it is the last event of a type that it wants. Reads the whole log
        before `upto`: seconds for millions of events, but nobody waits for it.
        """
        wanted = " OR ".join(map(_condition, filters)) or "1 = 0"
        topics = " OR ".join(map(_topic_condition, filters)) or "1 = 0"
        query = (
            f"SELECT max(CASE WHEN {wanted} THEN position END) AS last_wanted FROM events"  # noqa: S608
            f" WHERE position <= ? AND ({topics}) GROUP BY topic, url"
            " HAVING max(CASE WHEN type = 'delete' THEN position ELSE 0 END) < max(position)"
        )
        with patiently():
            rows = self._driver.rows(query, (upto,))
        return sorted(row[0] for row in rows if row[0] is not None)

    def store(self, subscription_id: int, positions: list[int]) -> None:
        """Replace a subscription's snapshot, in steps that nobody else waits for long."""
        self.forget(subscription_id)
        for start in range(0, len(positions), _AT_ONCE):
            with self._driver.writing() as statements:
                some = enumerate(positions[start : start + _AT_ONCE], start + 1)
                statements.run_each(
                    _ADD, [(subscription_id, position, number) for number, position in some]
                )

    def is_large(self, subscription_id: int) -> bool:
        """Whether others would wait for whoever deletes it all at once."""
        return bool(self._driver.rows(_IS_LARGE, (subscription_id, _AT_ONCE)))

    def forget(self, subscription_id: int) -> None:
        """Drop a snapshot that is not needed any more, in steps that nobody else waits for long."""
        gone = _AT_ONCE
        while gone == _AT_ONCE:
            with self._driver.writing() as statements:
                ours = (subscription_id, subscription_id, _AT_ONCE)
                gone = statements.run(_FORGET_SOME, ours)


def _condition(topic_filter: TopicFilter) -> str:
    # Topics and types are checked words of [a-z_], so they may stand in the statement.
    topic = _topic_condition(topic_filter)
    return topic if topic_filter.type is None else f"({topic} AND type = '{topic_filter.type}')"


def _topic_condition(topic_filter: TopicFilter) -> str:
    if topic_filter.topic == EVERY_TOPIC:
        return f"topic <> '{SYSTEM_TOPIC}'"
    return f"topic = '{topic_filter.topic}'"
