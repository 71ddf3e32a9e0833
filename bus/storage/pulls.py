"""Subscriptions that are pulled: whoever calls holds one for the length of a call."""

import json
from collections.abc import Collection, Iterable
from typing import Any

from service_kit.clock import Clock
from service_kit.database import clock_of, reading
from sqlalchemy import Engine, select

from bus.errors import NotFound
from bus.model.delivery import PulledSubscription, PullLease, Settlement
from bus.model.event import LogEvent
from bus.storage.columns import Row, from_json
from bus.storage.leases import held_where
from bus.storage.settlements import write
from bus.storage.tables import cursors, pull_leases
from bus.storage.transactions import Driver, Statements

PULLERS = "pullers"
"""Who holds every subscription that is pulled; no pusher has this name."""

_HOLD = (
    "UPDATE cursors SET holder = ?, fence = fence + 1 WHERE subscription_id = ?"
    " AND (holder IS NULL OR holder <> ?)"
)
_NEXT_FENCE = "UPDATE cursors SET fence = fence + 1 WHERE subscription_id = ?"
_LEASE = (
    "INSERT INTO pull_leases (id, subscription_id, until_ms, is_parked, acknowledged, events)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
_ACKNOWLEDGE = "UPDATE pull_leases SET acknowledged = ?, events = '[]' WHERE id = ?"
_LAPSE = "DELETE FROM pull_leases WHERE subscription_id = ? AND until_ms <= ?"


class Pulls:
    """What pullers ask of the store.

    Many may compute at once what to do next; the fence moves with each that stores it, so the
    others have to look again.
    """

    def __init__(self, engine: Engine, driver: Driver, now_ms: Clock) -> None:
        self._engine = engine
        self._driver = driver
        self._now_ms = now_ms

    def hold(self, subscription_id: int) -> PulledSubscription:
        """A subscription as it is now, from whoever held it. Raises NotFound."""
        key = (PULLERS, subscription_id, PULLERS)
        found = self._read(subscription_id)
        if found is None:
            with self._driver.writing() as statements:
                statements.run(_HOLD, key)
            found = self._read(subscription_id)
        if found is None:
            raise NotFound("no subscription")
        return found

    def unacknowledged(self, subscription_id: int) -> tuple[PullLease, ...]:
        """What pullers have in hand; what they had as well, as long as nobody has pulled since."""
        ours = pull_leases.c.subscription_id == subscription_id
        wanted = select(pull_leases).where(ours, pull_leases.c.acknowledged.is_(False))
        with reading(self._engine) as connection:
            return _leases(connection.execute(wanted).mappings())

    def settle(
        self,
        settlement: Settlement,
        now_ms: int,
        *,
        begun: PullLease | None = None,
        ended: Collection[str] = (),
    ) -> bool:
        """Write down what came of a call, with the lease that began and those that ended; False,
        and nothing is, when another call was first."""
        ours = settlement.subscription_id
        with self._driver.writing() as statements:
            if write(statements, PULLERS, [settlement], now_ms):
                return False
            statements.run(_NEXT_FENCE, (ours,))
            statements.run(_LAPSE, (ours, now_ms))
            statements.run_each(_ACKNOWLEDGE, [(True, one) for one in ended])
            if begun is not None:
                _begin(statements, ours, begun)
        return True

    def _read(self, subscription_id: int) -> PulledSubscription | None:
        ours = (cursors.c.subscription_id == subscription_id) & (cursors.c.holder == PULLERS)
        leases = select(pull_leases).where(pull_leases.c.subscription_id == subscription_id)
        with reading(self._engine) as connection:
            now_ms = connection.execute(select(clock_of(self._engine, self._now_ms))).scalar_one()
            held = held_where(connection, ours)
            if not held:
                return None
            found = connection.execute(leases.where(pull_leases.c.until_ms > now_ms)).mappings()
            return PulledSubscription(held[0], _leases(found), int(now_ms))


def _begin(statements: Statements, subscription_id: int, one: PullLease) -> None:
    events = json.dumps([(each.position, each.type, each.url) for each in one.events])
    values = (one.id, subscription_id, one.until_ms, one.is_parked, False, events)
    statements.run(_LEASE, values)


def _leases(rows: Iterable[Row]) -> tuple[PullLease, ...]:
    """A batch that nobody can read comes again, as if its lease had lapsed."""
    found = ((row, from_json(row["events"])) for row in rows)
    return tuple(_lease(row, events) for row, events in found if events is not None)


def _lease(row: Row, found: Iterable[Any]) -> PullLease:
    events = tuple(_event(*each) for each in found)
    return PullLease(row["id"], row["until_ms"], row["is_parked"], events, row["acknowledged"])


def _event(position: int, type: str, url: str) -> LogEvent:
    return LogEvent(position, "", type, url, 0, b"")
