"""Writing outcomes down: the cursor, and whatever left it, in one transaction."""

import json
from collections.abc import Callable, Collection, Sequence

from bus.log.event_log import EVENT_COLUMNS
from bus.model.delivery import Settlement
from bus.storage import reports
from bus.storage.columns import HEALTH_COLUMNS, answer_values, health_values
from bus.storage.transactions import REGISTRY_CHANGED, Driver, Statements

_NOBODY: frozenset[int] = frozenset()

_HEALTH = ", ".join(f"{name} = ?" for name in HEALTH_COLUMNS)
_CURSOR = (
    "position = ?, reached = ?, left_behind = ?, snapshot_upto = ?, delivered = ?,"
    f" {_HEALTH}, sent = sent + ?"
)
_ANSWER = "last_status = ?, last_error = ?, last_attempt_at_ms = ?"
_OURS = "WHERE subscription_id = ? AND holder = ? AND fence = ?"
_MOVE = f"UPDATE cursors SET {_CURSOR} {_OURS}"  # noqa: S608
_MOVE_ANSWERED = f"UPDATE cursors SET {_CURSOR}, {_ANSWER} {_OURS}"  # noqa: S608
_HELD = "SELECT subscription_id, fence FROM cursors WHERE holder = ?"
_PARK = (
    "INSERT INTO parked (subscription_id, url, failures, retry_at_ms, parked_at_ms, last_status,"
    " last_error) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (subscription_id, url) DO UPDATE SET"
    " failures = excluded.failures, retry_at_ms = excluded.retry_at_ms,"
    " last_status = excluded.last_status, last_error = excluded.last_error"
)
_UNPARK = (
    "DELETE FROM parked WHERE subscription_id = ? AND url = ? AND NOT EXISTS (SELECT 1"
    " FROM parked_events WHERE parked_events.subscription_id = parked.subscription_id"
    " AND parked_events.url = parked.url)"
)
_PARK_EVENT = (
    f"INSERT INTO parked_events (subscription_id, {EVENT_COLUMNS})"  # noqa: S608
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (subscription_id, position) DO NOTHING"
)
_TAKE_BACK = "DELETE FROM parked_events WHERE subscription_id = ? AND position = ?"
_DEAD_LETTER = (
    f"INSERT INTO dead_letters (subscription_id, {EVENT_COLUMNS}, attempts, died_at_ms,"  # noqa: S608
    " last_status, last_error, last_answer) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_FORGET_DEAD_LETTER = "DELETE FROM dead_letters WHERE subscription_id = ? AND position = ?"
_COUNT = (
    "UPDATE cursors SET parked_events = parked_events + ?, dead_letters = dead_letters + ?"
    " WHERE subscription_id = ?"
)
_DISABLE = (
    "UPDATE subscriptions SET state = 'disabled', reason = ?, state_since_ms = ?"
    " WHERE id = ? AND state = 'active'"
)
_RESENT = "DELETE FROM wanted_resends WHERE id = ?"
_RESYNCED = "DELETE FROM wanted_resyncs WHERE subscription_id = ?"
_TESTED = "DELETE FROM wanted_tests WHERE subscription_id = ?"


class Settlements:
    """Outcomes of deliveries. For whoever holds the subscriptions."""

    def __init__(self, driver: Driver, notify: Callable[[], None]) -> None:
        self._driver = driver
        self._notify = notify

    def settle(self, pusher: str, settlements: Sequence[Settlement], now_ms: int) -> frozenset[int]:
        """Write outcomes down, of those subscriptions only that the pusher still holds.

        Returns the others: whoever holds them now delivers their events again. What the bus tells
        of it is in the same transaction, and subscribers are woken for that.
        """
        is_told = any(one.reports for one in settlements)
        with self._driver.appending() if is_told else self._driver.writing() as statements:
            lost = write(statements, pusher, settlements, now_ms)
            is_told = is_told and _tell(statements, settlements, lost, now_ms)
        if is_told:
            self._notify()
        return lost


def write(
    statements: Statements, holder: str, settlements: Sequence[Settlement], now_ms: int
) -> frozenset[int]:
    """Write outcomes down inside a transaction; see Settlements.settle."""
    ours = [(one, (one.subscription_id, holder, one.fence)) for one in settlements]
    answered = [
        (*_cursor(one), *answer_values(one.answer), one.answer.at_ms, *key)
        for one, key in ours
        if one.answer is not None
    ]
    others = [(*_cursor(one), *key) for one, key in ours if one.answer is None]
    moved = statements.run_each(_MOVE_ANSWERED, answered)
    moved += statements.run_each(_MOVE, others)
    lost = _lost(statements, holder, settlements) if moved < len(settlements) else _NOBODY
    for one in settlements:
        if one.change is not None and one.subscription_id not in lost:
            _move(statements, one, now_ms)
    return lost


def _tell(
    statements: Statements,
    settlements: Sequence[Settlement],
    lost: Collection[int],
    now_ms: int,
) -> bool:
    stored = [one for one in settlements if one.subscription_id not in lost]
    return reports.tell(statements, [each for one in stored for each in one.reports], now_ms)


def count(statements: Statements, subscription_id: int, *, parked: int, dead: int) -> None:
    """So many more events of a subscription are parked, or dead: nobody counts them by looking."""
    if parked or dead:
        statements.run(_COUNT, (parked, dead, subscription_id))


def _cursor(one: Settlement) -> tuple[object, ...]:
    cursor = one.cursor
    return (
        cursor.position,
        cursor.reached,
        json.dumps(cursor.left_behind) if cursor.left_behind else None,
        cursor.snapshot_upto,
        cursor.delivered,
        *health_values(one.health),
        one.sent,
    )


def _lost(statements: Statements, pusher: str, settlements: Sequence[Settlement]) -> frozenset[int]:
    held = dict(statements.rows(_HELD, (pusher,)))
    return frozenset(
        one.subscription_id for one in settlements if held.get(one.subscription_id) != one.fence
    )


def _move(statements: Statements, one: Settlement, now_ms: int) -> None:
    """An event leaves one table in the step that puts it in another, and passes behind the cursor
    in that same step (docs/delivery.md D1)."""
    ours, change = one.subscription_id, one.change
    assert change is not None
    statements.run_each(
        _PARK,
        [
            (ours, url, at.failures, at.retry_at_ms, now_ms, *answer_values(at.answer))
            for url, at in change.park.items()
            if at is not None
        ],
    )
    came = statements.run_each(_PARK_EVENT, [(ours, *each) for each in change.park_events])
    # A letter whose event was delivered again, by a seek, and died again.
    again = statements.run_each(
        _FORGET_DEAD_LETTER, [(ours, dead.event.position) for dead in change.dead_letters]
    )
    died = statements.run_each(
        _DEAD_LETTER,
        [
            (
                ours,
                *dead.event,
                dead.attempts,
                dead.answer.at_ms,
                *answer_values(dead.answer),
                dead.answer_body,
            )
            for dead in change.dead_letters
        ],
    )
    left = statements.run_each(_TAKE_BACK, [(ours, position) for position in change.take_back])
    count(statements, ours, parked=came - left, dead=died - again)
    statements.run_each(_UNPARK, [(ours, url) for url, at in change.park.items() if at is None])
    if change.resynced:
        statements.run(_RESYNCED, (ours,))
    if change.tested:
        statements.run(_TESTED, (ours,))
    statements.run_each(_RESENT, [(one,) for one in change.resent])
    if change.disable is not None:
        statements.run(_DISABLE, (change.disable, now_ms, ours))
        statements.run(REGISTRY_CHANGED)
