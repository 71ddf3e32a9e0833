"""Parked events as pushers and owners read them."""

from collections.abc import Collection, Sequence
from typing import Any

from service_kit.clock import Clock
from service_kit.database import reading
from sqlalchemy import Engine, Select, func, select, update

from bus.errors import NotFound
from bus.log.event_log import EVENT_COLUMNS
from bus.model.delivery import Parked
from bus.model.event import LogEvent, log_event_from
from bus.model.subscription import Subscription
from bus.storage import columns
from bus.storage.cursors import end_back_off
from bus.storage.settlements import count
from bus.storage.tables import parked, parked_events
from bus.storage.transactions import Driver, Registry

_EVENTS = (
    f"SELECT {EVENT_COLUMNS} FROM parked_events WHERE subscription_id = ? AND url = ?"  # noqa: S608
    " ORDER BY position LIMIT ?"
)
_REDRIVEN = (
    "SELECT url, count(*) FROM dead_letters"
    " WHERE subscription_id = ? AND redrive_at_ms IS NOT NULL GROUP BY url"
)
_BACK = (
    f"INSERT INTO parked_events (subscription_id, {EVENT_COLUMNS})"  # noqa: S608
    f" SELECT subscription_id, {EVENT_COLUMNS} FROM dead_letters"
    " WHERE subscription_id = ? AND redrive_at_ms IS NOT NULL"
    " ON CONFLICT (subscription_id, position) DO NOTHING"
)
_BACK_ENTITY = (
    "INSERT INTO parked (subscription_id, url, failures, retry_at_ms, parked_at_ms, last_status,"
    " last_error) SELECT subscription_id, url, 0, ?, ?, max(last_status), max(last_error)"
    " FROM dead_letters WHERE subscription_id = ? AND redrive_at_ms IS NOT NULL"
    " GROUP BY subscription_id, url"
    " ON CONFLICT (subscription_id, url) DO UPDATE SET failures = 0,"
    " retry_at_ms = excluded.retry_at_ms"
)
_NO_LETTER = "DELETE FROM dead_letters WHERE subscription_id = ? AND redrive_at_ms IS NOT NULL"
_WAITING = "SELECT DISTINCT subscription_id FROM dead_letters WHERE redrive_at_ms IS NOT NULL"
_STILL_HELD = (
    "SELECT 1 FROM cursors WHERE subscription_id = ? AND holder = ? AND fence = ? AND replay = ?"
)


class ParkedEntities:
    """Events that wait apart. Only the holder of a subscription moves them; who owns it may have
    them tried sooner."""

    def __init__(self, engine: Engine, driver: Driver, registry: Registry, now_ms: Clock) -> None:
        self._engine = engine
        self._driver = driver
        self._registry = registry
        self._now_ms = now_ms

    def events(self, subscription_id: int, url: str, limit: int) -> list[LogEvent]:
        """The first parked events of a URL, in order."""
        found = self._driver.rows(_EVENTS, (subscription_id, url, limit))
        return list(map(log_event_from, found))

    def redrives(self) -> set[int]:
        """The subscriptions that have dead letters on their way back."""
        return {row[0] for row in self._driver.rows(_WAITING)}

    def take_back(
        self, subscription: Subscription, pusher: str, fence: int, now_ms: int
    ) -> dict[str, int]:
        """Move redriven dead letters to the parked; returns how many of each URL.

        Nothing moves, and nothing is returned, when the pusher holds the subscription no longer,
        or as it was before a replay: it would be sent as what came before that.
        """
        subscription_id = subscription.id
        ours, held = (subscription_id,), (subscription_id, pusher, fence, subscription.replay)
        with self._driver.writing() as statements:
            if not statements.rows(_STILL_HELD, held):
                return {}
            counts = dict(statements.rows(_REDRIVEN, ours))
            came = statements.run(_BACK, ours)
            statements.run(_BACK_ENTITY, (now_ms, now_ms, subscription_id))
            count(statements, subscription_id, parked=came, dead=-statements.run(_NO_LETTER, ours))
            return counts

    def retry(self, subscription_id: int, urls: Collection[str] | None = None) -> int:
        """Have entities tried now, these or all; returns how many. An endpoint that rests is called
        well for it. May be repeated. Raises NotFound for a URL that isn't parked."""
        ours = parked.c.subscription_id == subscription_id
        if urls is not None:
            ours = ours & parked.c.url.in_(urls)
        with self._registry.changing() as connection:
            found = connection.execute(
                update(parked).where(ours).values(retry_at_ms=self._now_ms())
            )
            if urls is not None and found.rowcount < len(urls):
                raise NotFound("no such parked entity")
            if found.rowcount:
                end_back_off(connection, subscription_id)
            return int(found.rowcount)

    def first_at_ms(self, subscription_id: int) -> int | None:
        """When the entity was parked that is for longest."""
        ours = parked.c.subscription_id == subscription_id
        with reading(self._engine) as connection:
            return connection.execute(select(func.min(parked.c.parked_at_ms)).where(ours)).scalar()

    def all(self, subscription_id: int, after: str, limit: int) -> Sequence[Parked]:
        """The parked entities of a subscription by URL, after one."""
        wanted = (
            entities()
            .where(parked.c.subscription_id == subscription_id, parked.c.url > after)
            .order_by(parked.c.url)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return [columns.parked(row) for row in connection.execute(wanted).mappings()]


def entities() -> Select[Any]:
    """The rows of `parked`, each with how many events wait there as `events`."""
    events = (
        select(func.count())
        .where(
            parked_events.c.subscription_id == parked.c.subscription_id,
            parked_events.c.url == parked.c.url,
        )
        .scalar_subquery()
    )
    return select(parked, events.label("events"))
