"""What the bus tells of subscriptions, told in the transaction of what it tells of, and once.

docs/delivery.md D35.
"""

import json
from collections.abc import Callable, Mapping, Sequence

from bus.log.append_plan import COLUMNS, LogEnd, TopicRow, entities, plan_append
from bus.model.event import NewEvent, Publication, event_head
from bus.model.report import Alert, News, Report, is_news
from bus.model.subscription import State
from bus.model.topic import SYSTEM_TOPIC
from bus.storage.transactions import Statements

_TYPE = "update"
Facts = Mapping[str, int | str]

_BEGIN = (
    "INSERT INTO alerts (subscription_id, kind, value, since_ms) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (subscription_id, kind) DO UPDATE SET value = excluded.value"
    " WHERE alerts.value <> excluded.value"
)
_END_OF = "DELETE FROM alerts WHERE subscription_id = ? AND kind = ?"
_VALUE = "SELECT value FROM alerts WHERE subscription_id = ? AND kind = ?"
_DISABLED = "SELECT state_since_ms FROM subscriptions WHERE id = ? AND state = ?"
_DEAD_LETTERS = "SELECT dead_letters FROM cursors WHERE subscription_id = ?"
_THERE = "SELECT 1 FROM subscriptions WHERE id = ?"

_LOG_END = (
    "SELECT log_identity, position, bytes_upto FROM bus_state LEFT JOIN"
    " (SELECT position, bytes_upto FROM events ORDER BY position DESC LIMIT 1) AS newest ON true"
)
_EVENTS = "SELECT events FROM topics WHERE name = ?"
_APPEND = f"INSERT INTO events ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_ENTITY = (
    "INSERT INTO entities (topic, url, type, position) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (topic, url, type) DO UPDATE SET position = excluded.position"
)
_COUNT = (
    "INSERT INTO topics (events, name, events_before) VALUES (?, ?, 0)"
    " ON CONFLICT (name) DO UPDATE SET events = excluded.events, deleted = false"
)


def tell(statements: Statements, reports: Sequence[Report], now_ms: int) -> bool:
    """Append what of it was not told yet; whether anything was. In `Driver.appending`."""
    found = [(one, _JUDGES[one.news](statements, one, now_ms)) for one in reports]
    events = [_event(one, facts, now_ms) for one, facts in found if facts is not None]
    if events:
        _append(statements, events, now_ms)
    return bool(events)


def _event(report: Report, facts: Facts, now_ms: int) -> NewEvent:
    data = json.dumps({"state": report.news, **facts}, separators=(",", ":"))
    head = event_head(SYSTEM_TOPIC, _TYPE, report.url, now_ms, data)
    return NewEvent(_TYPE, report.url, head)


def _append(statements: Statements, events: Sequence[NewEvent], now_ms: int) -> None:
    count = sum(row[0] for row in statements.rows(_EVENTS, (SYSTEM_TOPIC,)))  # or no row yet
    (end,) = statements.rows(_LOG_END)
    topic = TopicRow(SYSTEM_TOPIC, None, count)
    told = Publication(SYSTEM_TOPIC, 0, events)
    topics = {SYSTEM_TOPIC: topic}
    plan = plan_append([told], topics, {}, LogEnd.of(*end), owned={}, now_ms=now_ms)
    statements.run_each(_APPEND, plan.rows)
    statements.run_each(_ENTITY, entities(plan.rows))
    statements.run(_COUNT, (topic.events, SYSTEM_TOPIC))


# --- whether it is news, and what is said of it beside its name -----------------------------------


def _begins(statements: Statements, report: Report, alert: Alert, value: int, now_ms: int) -> bool:
    """Whether that is an alert that was not told yet."""
    return statements.run(_BEGIN, (report.subscription_id, alert, value, now_ms)) == 1


def _failing(statements: Statements, report: Report, now_ms: int) -> Facts | None:
    return {} if _begins(statements, report, Alert.FAILING, 0, now_ms) else None


def _disabled(statements: Statements, report: Report, now_ms: int) -> Facts | None:
    found = statements.rows(_DISABLED, (report.subscription_id, State.DISABLED))
    if not found or not _begins(statements, report, Alert.DISABLED, found[0][0], now_ms):
        return None
    return {"reason": report.reason or ""}


def _recovered(statements: Statements, report: Report, _: int) -> Facts | None:
    ended = [(report.subscription_id, one) for one in (Alert.FAILING, Alert.DISABLED)]
    return {} if statements.run_each(_END_OF, ended) else None


def _died(statements: Statements, report: Report, now_ms: int) -> Facts | None:
    ours = report.subscription_id
    ((count,),) = statements.rows(_DEAD_LETTERS, (ours,))
    told = [row[0] for row in statements.rows(_VALUE, (ours, Alert.DEAD_LETTERS))]
    if not count or not is_news(count, *told or [None]):
        return None
    _begins(statements, report, Alert.DEAD_LETTERS, count, now_ms)
    return {"dead_letters": count}


def _lost(statements: Statements, report: Report, now_ms: int) -> Facts | None:
    assert report.lost is not None
    first, last = report.lost
    if not _begins(statements, report, Alert.LOST, last, now_ms):
        return None
    return {"from": first, "to": last}


def _behind(statements: Statements, report: Report, now_ms: int) -> Facts | None:
    is_there = statements.rows(_THERE, (report.subscription_id,))
    return {} if is_there and _begins(statements, report, Alert.BEHIND, 0, now_ms) else None


def _caught_up(statements: Statements, report: Report, _: int) -> Facts | None:
    return {} if statements.run(_END_OF, (report.subscription_id, Alert.BEHIND)) else None


_JUDGES: Mapping[News, Callable[[Statements, Report, int], Facts | None]] = {
    News.FAILING: _failing,
    News.DISABLED: _disabled,
    News.RECOVERED: _recovered,
    News.DEAD_LETTERS: _died,
    News.RESYNC: _lost,
    News.BEHIND: _behind,
    News.CAUGHT_UP: _caught_up,
}
