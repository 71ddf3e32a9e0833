"""Subscriptions whose oldest event has waited for too long, and those of which that was told."""

from collections.abc import Callable, Collection, Sequence

from service_kit.database import reading
from sqlalchemy import Engine, or_, select

from bus.model.delivery import Overview
from bus.model.report import Alert, Report
from bus.storage import reports
from bus.storage.overview import Overviews
from bus.storage.tables import alerts, cursors
from bus.storage.transactions import Driver

_told = select(alerts.c.subscription_id).where(alerts.c.kind == Alert.BEHIND)


class Lagging:
    """For whoever watches the lag; any number may do so at once."""

    def __init__(
        self, engine: Engine, driver: Driver, overviews: Overviews, notify: Callable[[], None]
    ) -> None:
        self._engine = engine
        self._driver = driver
        self._overviews = overviews
        self._notify = notify

    def told(self) -> Collection[int]:
        """The subscriptions of which it was told, and that have not caught up."""
        with reading(self._engine) as connection:
            return frozenset(connection.execute(_told).scalars())

    def before(self, position: int) -> Sequence[Overview]:
        """Those whose cursors stand before a position, and those of which it was told."""
        is_there = or_(cursors.c.position < position, cursors.c.subscription_id.in_(_told))
        return self._overviews.those(is_there)

    def tell(self, some: Sequence[Report], now_ms: int) -> None:
        """Tell what of it was not told yet (docs/delivery.md D35)."""
        with self._driver.appending() as statements:
            is_told = reports.tell(statements, some, now_ms)
        if is_told:
            self._notify()
