"""Counts over time: written by whoever delivers, kept in so many points (docs/delivery.md D29)."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from bus.model.history import DeliveryCounts, HistoryPoint, Span, increases
from bus.storage.transactions import Driver

_ADD = (
    "INSERT INTO subscription_history (step_ms, at_ms, subscription_id, delivered, failed, lag_ms)"
    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (step_ms, at_ms, subscription_id) DO UPDATE SET"
    " delivered = subscription_history.delivered + excluded.delivered,"
    " failed = subscription_history.failed + excluded.failed,"
    " lag_ms = CASE WHEN excluded.lag_ms > subscription_history.lag_ms THEN excluded.lag_ms"
    " ELSE subscription_history.lag_ms END"
)
_ADD_TOPIC = (
    "INSERT INTO topic_history (step_ms, at_ms, topic, events_upto) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (step_ms, at_ms, topic) DO UPDATE SET events_upto = excluded.events_upto"
)
_IS_BEGUN = "SELECT 1 FROM topic_history WHERE step_ms = ? LIMIT 1"
_TOPICS = "SELECT name, events FROM topics ORDER BY name"
_FIRST = (
    "SELECT min(position) FROM events WHERE position > cursors.position"
    " AND position > filters.after_position"
    " AND (filters.until_position IS NULL OR position <= filters.until_position)"
    " AND (filters.type = '' OR events.type = filters.type)"
)
# A snapshot is no backlog: what is before its end was there before the subscription.
_WAITING = (
    "SELECT waiting.subscription_id, events.published_at_ms FROM (SELECT cursors.subscription_id,"  # noqa: S608
    f" min(CASE WHEN filters.topic = '*' THEN ({_FIRST})"
    f" ELSE ({_FIRST} AND events.topic = filters.topic) END) AS position"
    " FROM cursors JOIN subscription_topics AS filters"
    " ON filters.subscription_id = cursors.subscription_id"
    " WHERE cursors.snapshot_upto <= cursors.position"
    " GROUP BY cursors.subscription_id) AS waiting"
    " JOIN events ON events.position = waiting.position"
)
_ENDS = (  # two look-ups: min and max in one would be a walk through all
    "SELECT (SELECT min(at_ms) FROM topic_history WHERE step_ms = ? AND at_ms <= ?),"
    " (SELECT max(at_ms) FROM topic_history WHERE step_ms = ? AND at_ms <= ?)"
)
_UPTO = "SELECT topic, at_ms, events_upto FROM topic_history WHERE step_ms = ?"
_AT_ONCE = 500
_EXPIRE = (
    "DELETE FROM subscription_history WHERE step_ms = ? AND at_ms < ?",
    "DELETE FROM topic_history WHERE step_ms = ? AND at_ms < ?",
)


class History:
    """Points of each span. What a killed pusher had not written yet is missing, nothing else."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def add(self, counts: Mapping[int, DeliveryCounts], now_ms: int) -> None:
        """Count what was delivered, and what failed, by subscription."""
        rows = [
            (span.step_ms, span.begin_ms(now_ms), ours, count.delivered, count.failed, 0)
            for span in Span
            for ours, count in sorted(counts.items())  # pushers lock rows in the same order
        ]
        with self._driver.writing() as statements:
            statements.run_each(_ADD, rows)

    def sample(self, now_ms: int) -> None:
        """Note how far all are, and forget what is too old. Any number of processes may do so."""
        waiting = sorted(self._driver.rows(_WAITING))
        topics = self._driver.rows(_TOPICS)
        with self._driver.writing() as statements:
            for span in Span:
                step_ms, at_ms = span.step_ms, span.begin_ms(now_ms)
                lags = [(ours, max(0, now_ms - first_ms)) for ours, first_ms in waiting]
                statements.run_each(_ADD, [(step_ms, at_ms, ours, 0, 0, lag) for ours, lag in lags])
                if not statements.rows(_IS_BEGUN, (step_ms,)):  # what to tell the first from
                    statements.run_each(
                        _ADD_TOPIC, [(step_ms, at_ms - step_ms, *topic) for topic in topics]
                    )
                statements.run_each(_ADD_TOPIC, [(step_ms, at_ms, *topic) for topic in topics])
                oldest_ms = at_ms - span.points * step_ms  # one more, to tell the next from
                for statement in _EXPIRE:
                    statements.run(statement, (step_ms, oldest_ms))

    def points(
        self,
        span: Span,
        now_ms: int,
        *,
        subscriptions: Collection[int] | None,
        topics: Collection[str] | None,
    ) -> list[HistoryPoint]:
        """The points of a span, of these subscriptions and topics (None: of all), oldest first."""
        published = self._published(span, now_ms, topics)
        delivered = self._delivered(span, now_ms, subscriptions)
        last_ms = span.begin_ms(now_ms)
        first_ms = last_ms - (span.points - 1) * span.step_ms
        nothing = (0, 0, 0)
        return [
            HistoryPoint(at_ms, published.get(at_ms, 0), *delivered.get(at_ms, nothing))
            for at_ms in range(first_ms, last_ms + 1, span.step_ms)
        ]

    def _published(
        self, span: Span, now_ms: int, topics: Collection[str] | None
    ) -> Mapping[int, int]:
        upto: defaultdict[str, dict[int, int]] = defaultdict(dict)
        ((begun_ms, newest_ms),) = self._driver.rows(_ENDS, (span.step_ms, now_ms) * 2)
        for topic, at_ms, count in self._topic_rows(span, now_ms, newest_ms, topics):
            upto[topic][at_ms] = count
        found: defaultdict[int, int] = defaultdict(int)
        for counts in upto.values():
            before = None if min(counts) == begun_ms else 0  # else it was made since
            for at_ms, increase in increases(counts, before).items():
                found[at_ms] += increase
        return found

    def _topic_rows(
        self, span: Span, now_ms: int, newest_ms: int | None, topics: Collection[str] | None
    ) -> Sequence[tuple[str, int, int]]:
        if newest_ms is None:
            return ()
        if topics is None:
            return self._driver.rows(f"{_UPTO} AND at_ms <= ?", (span.step_ms, now_ms))
        # Each point of each topic by the key: the others' may be a thousand times as many.
        times = [newest_ms - n * span.step_ms for n in range(span.points + 2)]
        names = sorted(topics)
        return [
            row
            for start in range(0, len(names), _AT_ONCE)
            for row in self._rows_of(span, times, names[start : start + _AT_ONCE])
        ]

    def _rows_of(
        self, span: Span, times: Sequence[int], names: Sequence[str]
    ) -> Sequence[tuple[str, int, int]]:
        these = f"at_ms IN ({_marks(times)}) AND topic IN ({_marks(names)})"
        return self._driver.rows(f"{_UPTO} AND {these}", (span.step_ms, *times, *names))

    def _delivered(
        self, span: Span, now_ms: int, subscriptions: Collection[int] | None
    ) -> Mapping[int, tuple[int, int, int]]:
        ours, values = "", list[int]()
        if subscriptions is not None:
            if not subscriptions:
                return {}
            values = list(subscriptions)
            ours = f" AND subscription_id IN ({_marks(values)})"
        rows = self._driver.rows(
            "SELECT at_ms, sum(delivered), sum(failed), max(lag_ms) FROM subscription_history"  # noqa: S608
            f" WHERE step_ms = ? AND at_ms <= ?{ours} GROUP BY at_ms",
            (span.step_ms, now_ms, *values),
        )
        return {at_ms: (int(sent), int(failed), lag) for at_ms, sent, failed, lag in rows}


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))
