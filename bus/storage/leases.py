"""Who delivers which subscription, and what came of it: leases, fences, settlements."""

from collections.abc import Collection
from dataclasses import dataclass

from service_kit.clock import Clock
from service_kit.database import clock_of, reading, writing
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from bus.log.event_log import READ_FENCE, ReadFence
from bus.model.delivery import LeasedSubscription, LostTail, Parked, WantedResend
from bus.storage import columns
from bus.storage.parked import entities
from bus.storage.tables import (
    alerts,
    clients,
    cursors,
    parked,
    pushers,
    subscriptions,
    wanted_resends,
    wanted_resyncs,
    wanted_tests,
)
from bus.storage.topic_filters import filters_of
from bus.storage.transactions import Driver


@dataclass(frozen=True, slots=True)
class LeaseCounts:
    """How many subscriptions there are, how many a pusher holds, and how many nobody holds."""

    subscriptions: int
    mine: int
    free: int


@dataclass(frozen=True, slots=True)
class PusherBeat:
    """How often a pusher has beaten, and how long ago it did, by the store's clock."""

    beat: int
    age_ms: int


_REGISTRY_VERSION = "SELECT registry_version FROM bus_state"
_pushed = cursors.c.subscription_id.in_(
    select(subscriptions.c.id).where(subscriptions.c.callback != "")
)
_unheld = and_(
    _pushed, or_(cursors.c.holder.is_(None), cursors.c.holder.not_in(select(pushers.c.id)))
)


class Leases:
    """What pushers ask of the store. Each method is one transaction.

    Whoever compares beats of several machines does so by one clock: the store's.
    """

    def __init__(self, engine: Engine, driver: Driver, now_ms: Clock) -> None:
        self._engine = engine
        self._driver = driver
        self._now_ms = now_ms

    def join(self, pusher: str) -> None:
        """Start to be alive."""
        now_ms = clock_of(self._engine, self._now_ms)
        with writing(self._engine) as connection:
            connection.execute(insert(pushers).values(id=pusher, beat=0, seen_at_ms=now_ms))

    def beat(self, pusher: str) -> bool:
        """Stay alive; False when others have given this pusher up: it holds nothing any more."""
        now_ms = clock_of(self._engine, self._now_ms)
        with writing(self._engine) as connection:
            found = connection.execute(
                update(pushers)
                .where(pushers.c.id == pusher)
                .values(beat=pushers.c.beat + 1, seen_at_ms=now_ms)
            )
            return found.rowcount == 1

    def alive(self) -> dict[str, PusherBeat]:
        """Every pusher that nobody has given up."""
        age_ms = clock_of(self._engine, self._now_ms) - pushers.c.seen_at_ms
        wanted = select(pushers.c.id, pushers.c.beat, age_ms)
        with reading(self._engine) as connection:
            return {id: PusherBeat(*seen) for id, *seen in connection.execute(wanted)}

    def count_alive(self, lapses_after_ms: int) -> int:
        """How many pushers have shown themselves within that time."""
        return sum(one.age_ms < lapses_after_ms for one in self.alive().values())

    def give_up(self, lapsed: Collection[str]) -> None:
        """What these pushers hold is free from here on."""
        with writing(self._engine) as connection:
            connection.execute(delete(pushers).where(pushers.c.id.in_(list(lapsed))))

    def counts(self, pusher: str) -> LeaseCounts:
        """Who holds how much."""
        mine = func.count().filter(cursors.c.holder == pusher)
        counted = (
            select(func.count(), mine, func.count().filter(_unheld))
            .select_from(cursors)
            .where(_pushed)
        )
        with reading(self._engine) as connection:
            return LeaseCounts(*connection.execute(counted).one())

    def claim(self, pusher: str, most: int) -> int:
        """Take up to `most` subscriptions that nobody alive holds; returns how many.

        The fence of each moves, so whoever held it before can't settle.
        """
        some = select(cursors.c.subscription_id).where(_unheld).limit(most)
        with writing(self._engine) as connection:
            taken = connection.execute(
                update(cursors)
                .where(cursors.c.subscription_id.in_(some), _unheld)
                .values(holder=pusher, fence=cursors.c.fence + 1)
            )
            return int(taken.rowcount)

    def release(self, pusher: str, subscription_ids: Collection[int]) -> None:
        """Let go of some subscriptions, for others to take."""
        with writing(self._engine) as connection:
            connection.execute(
                update(cursors)
                .where(
                    cursors.c.holder == pusher,
                    cursors.c.subscription_id.in_(list(subscription_ids)),
                )
                .values(holder=None, fence=cursors.c.fence + 1)
            )

    def leave(self, pusher: str) -> None:
        """Let go of everything and stop being alive, so that others needn't wait."""
        with writing(self._engine) as connection:
            connection.execute(
                update(cursors)
                .where(cursors.c.holder == pusher)
                .values(holder=None, fence=cursors.c.fence + 1)
            )
            connection.execute(delete(pushers).where(pushers.c.id == pusher))

    def registry_version(self) -> int:
        """A number that moves with every change of a subscription."""
        with reading(self._engine) as connection:
            return int(connection.exec_driver_sql(_REGISTRY_VERSION).scalar_one())

    def read_fence(self) -> ReadFence:
        """The registry's version, and where the log begins, both as of now."""
        (row,) = self._driver.rows(READ_FENCE)
        return ReadFence.of(*row)

    def held(self, pusher: str) -> list[LeasedSubscription]:
        """The subscriptions that a pusher holds, as they are now."""
        with reading(self._engine) as connection:
            return held_where(connection, and_(cursors.c.holder == pusher, _pushed))


def _resends(
    connection: Connection, mine: Select[tuple[int]]
) -> dict[int, tuple[WantedResend, ...]]:
    ours = wanted_resends.c.subscription_id.in_(mine)
    found: dict[int, tuple[WantedResend, ...]] = {}
    for row in connection.execute(select(wanted_resends).where(ours).order_by(wanted_resends.c.id)):
        wanted = WantedResend(row.id, row.positions, row.attempt)
        found[row.subscription_id] = (*found.get(row.subscription_id, ()), wanted)
    return found


def _alerts(connection: Connection, ours: Select[tuple[int]]) -> dict[int, tuple[str, ...]]:
    wanted = select(alerts).where(alerts.c.subscription_id.in_(ours))
    found: dict[int, tuple[str, ...]] = {}
    for row in connection.execute(wanted):
        found[row.subscription_id] = (*found.get(row.subscription_id, ()), row.kind)
    return found


def _lost(connection: Connection, ours: Select[tuple[int]]) -> dict[int, LostTail]:
    wanted = select(wanted_resyncs).where(wanted_resyncs.c.subscription_id.in_(ours))
    return {id: LostTail(*seen) for id, *seen in connection.execute(wanted)}


def held_where(connection: Connection, ours: ColumnElement[bool]) -> list[LeasedSubscription]:
    """The subscriptions whose cursors are so, as whoever holds them needs to know them."""
    wanted = (
        select(subscriptions, cursors, clients.c.name.label("client"), wanted_tests)
        .join_from(subscriptions, clients)
        .join(cursors, cursors.c.subscription_id == subscriptions.c.id)
        .join(wanted_tests, wanted_tests.c.subscription_id == subscriptions.c.id, isouter=True)
        .where(ours)
    )
    found = connection.execute(wanted).mappings().all()
    mine = select(cursors.c.subscription_id).where(ours)
    filters, resends = filters_of(connection, mine), _resends(connection, mine)
    told, lost = _alerts(connection, mine), _lost(connection, mine)
    apart = _parked(connection, ours)
    return [
        LeasedSubscription(
            columns.subscription(row, filters.get(row["id"], ())),
            columns.cursor(row),
            columns.health(row),
            row["fence"],
            apart.get(row["id"], ()),
            row["requested_at_ms"] is not None,
            row["last_attempt_at_ms"],
            resends.get(row["id"], ()),
            told.get(row["id"], ()),
            lost.get(row["id"]),
        )
        for row in found
    ]


def _parked(connection: Connection, ours: ColumnElement[bool]) -> dict[int, tuple[Parked, ...]]:
    wanted = (
        entities().join(cursors, cursors.c.subscription_id == parked.c.subscription_id).where(ours)
    )
    found: dict[int, tuple[Parked, ...]] = {}
    for row in connection.execute(wanted).mappings():
        found[row["subscription_id"]] = (
            *found.get(row["subscription_id"], ()),
            columns.parked(row),
        )
    return found
