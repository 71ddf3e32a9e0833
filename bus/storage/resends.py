"""Attempts that somebody wants made again: once, now (docs/delivery.md D28)."""

from collections.abc import Sequence

from service_kit.clock import Clock
from sqlalchemy import func, insert, select

from bus.errors import CannotResend, EventsGone
from bus.log.event_log import EVENT_COLUMNS
from bus.model import positions
from bus.model.delivery import Attempt
from bus.model.event import LogEvent, log_event_from
from bus.storage.tables import wanted_resends
from bus.storage.transactions import Driver, Registry

_AT_ONCE = 500
_MOST = 100
_KEPT_BESIDE = ("parked_events", "dead_letters")


class Resends:
    """What owners want sent again. Whoever holds the subscription sends it, and says so."""

    def __init__(self, driver: Driver, registry: Registry, now_ms: Clock) -> None:
        self._driver = driver
        self._registry = registry
        self._now_ms = now_ms

    def want(self, attempt: Attempt, most: int | None = None) -> None:
        """Have the events of an attempt sent once more; in one request, which holds so many at
        `most`.

        Raises CannotResend when it isn't known which they were, or too many wait already;
        EventsGone when some are in the log no more.
        """
        if attempt.positions is None:
            raise CannotResend(
                "its events are in no log, or were not noted, for it is of an older version"
            )
        wanted = positions.read(attempt.positions)
        if most is not None and len(wanted) > most:
            raise CannotResend(f"the subscription's format now holds {most} event a request")
        if len(self.events(attempt.subscription_id, wanted)) < len(wanted):
            raise EventsGone(
                "some of its events are in the log no more, nor parked, nor dead letters"
            )
        ours = wanted_resends.c.subscription_id == attempt.subscription_id
        with self._registry.changing() as connection:
            waiting = connection.execute(select(func.count()).where(ours)).scalar_one()
            if waiting >= _MOST:
                raise CannotResend(f"{waiting} attempts wait already to be made again")
            connection.execute(
                insert(wanted_resends).values(
                    subscription_id=attempt.subscription_id,
                    positions=attempt.positions,
                    attempt=attempt.attempt + 1,
                    requested_at_ms=self._now_ms(),
                )
            )

    def events(self, subscription_id: int, wanted: Sequence[int]) -> list[LogEvent]:
        """Those events that are still somewhere, in order: in the log, parked, or dead letters."""
        found = {one.position: one for one in self._rows("events", "", (), wanted)}
        for table in _KEPT_BESIDE:
            missing = [one for one in wanted if one not in found]
            if missing:
                ours = "subscription_id = ? AND "
                beside = self._rows(table, ours, (subscription_id,), missing)
                found |= {one.position: one for one in beside}
        return [found[one] for one in wanted if one in found]

    def _rows(
        self, table: str, where: str, values: tuple[int, ...], wanted: Sequence[int]
    ) -> list[LogEvent]:
        rows: list[LogEvent] = []
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            asked = f"SELECT {EVENT_COLUMNS} FROM {table} WHERE {where}position IN ({marks})"  # noqa: S608
            rows += map(log_event_from, self._driver.rows(asked, (*values, *some)))
        return rows
