"""Subscriptions as they are looked at: settings, place, health, lag."""

from collections.abc import Collection, Sequence
from typing import Any

from service_kit.clock import Clock
from service_kit.database import patiently, reading
from sqlalchemy import ColumnElement, Connection, Engine, Select, case, func, select, text, tuple_

from bus.errors import NotFound
from bus.model.delivery import Lag, Overview
from bus.model.subscription import DEFAULT_NAME, ListedSubscription, State
from bus.model.topic_filter import EVERY_TOPIC, TopicFilter
from bus.storage import columns
from bus.storage.lag import backlog, count_ahead, snapshot_left
from bus.storage.tables import (
    clients,
    cursors,
    dead_letters,
    parked_events,
    subscription_topics,
    subscriptions,
)
from bus.storage.topic_filters import filters_of

_AT_ONCE = 500


class Overviews:
    """What there is, for listing it. Nothing that is asked for often counts rows of the log."""

    def __init__(self, engine: Engine, now_ms: Clock) -> None:
        self._engine = engine
        self._now_ms = now_ms

    def listed(self, client: str | None = None) -> list[ListedSubscription]:
        """A client's subscriptions, or everybody's, as routemaster lists them, by subscriber. What
        is parked waits too."""
        return list(map(as_listed, self.visible_to(client)))

    def visible_to(self, client: str | None) -> list[Overview]:
        """A client's subscriptions, or everybody's (None), by client and name."""
        return self.every() if client is None else self.of_client(client)

    def those(self, wanted: ColumnElement[bool]) -> list[Overview]:
        """The subscriptions whose rows are so, by client and name."""
        return self._all(_EVERYTHING.where(wanted))

    def every(self) -> list[Overview]:
        """Every subscription, by client and name."""
        return self._all(_EVERYTHING)

    def of_client(self, client: str) -> list[Overview]:
        """A client's subscriptions by name."""
        return self._all(_EVERYTHING.where(clients.c.name == client))

    def one(self, client: str, name: str) -> Overview:
        """A subscription. Raises NotFound."""
        wanted = _EVERYTHING.where(clients.c.name == client, subscriptions.c.name == name)
        found = self._all(wanted)
        if not found:
            raise NotFound("no such subscription")
        return found[0]

    def page(
        self,
        client: str | None = None,
        *,
        after: tuple[str, str] = ("", ""),
        limit: int | None = None,
        condition: str | None = None,
        topic: str | None = None,
        failing_elsewhere: Collection[int] = (),
    ) -> list[Overview]:
        """So many of a client's subscriptions, or everybody's (None), by client and name, after
        one; of those in one condition, or that get a topic, where that is asked for. Those that
        fail in another log are failing.

        Costs as much as the page is long.
        """
        chosen: Select[Any] = (
            select(subscriptions.c.id)
            .join_from(subscriptions, clients)
            .join(cursors, cursors.c.subscription_id == subscriptions.c.id)
            .where(tuple_(clients.c.name, subscriptions.c.name) > tuple_(*after))
            .order_by(clients.c.name, subscriptions.c.name)
            .limit(limit)
        )
        if condition is not None:
            chosen = chosen.where(condition == _condition(failing_elsewhere))
        if topic is not None:
            chosen = chosen.where(subscriptions.c.id.in_(_getting(topic)))
        with reading(self._engine) as connection:
            ids = connection.execute(_of(chosen, client)).scalars().all()
        return self.of_ids(ids)

    def of_ids(self, ids: Sequence[int]) -> list[Overview]:
        """Those of these ids that there are, by client and name within so many hundreds."""
        parts = [ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)]
        return [
            one
            for some in parts
            for one in self._all(_EVERYTHING.where(subscriptions.c.id.in_(some)))
        ]

    def worst(self, client: str | None, limit: int) -> list[Overview]:
        """Those that need somebody first: disabled, failing, with dead letters or parked events,
        then who is furthest behind in the log."""
        return self._all(_of(_WORST_FIRST, client).limit(limit))

    def count_waiting(self, one: Overview) -> int:
        """How many events wait for a subscription, ahead of its cursor or parked; unlike its lag
        without those of types that it doesn't want. Counts rows of the log."""
        cursor = one.cursor
        with patiently(), reading(self._engine) as connection:
            left, _ = snapshot_left(connection, one.subscription.id, cursor.position)
            start = max(cursor.position, cursor.snapshot_upto)
            ahead = count_ahead(connection, start, one.subscription.filters)
        return one.parked + left + ahead

    def failing(self, client: str | None) -> list[int]:
        """The ids of those that are active and fail."""
        wanted: Select[Any] = (
            select(subscriptions.c.id)
            .join_from(subscriptions, clients)
            .join(cursors, cursors.c.subscription_id == subscriptions.c.id)
            .where(FAILING == _CONDITION)
        )
        with reading(self._engine) as connection:
            return list(connection.execute(_of(wanted, client)).scalars())

    def conditions(
        self, client: str | None, failing_elsewhere: Collection[int] = ()
    ) -> dict[str, int]:
        """How many subscriptions are in each condition; `failing_elsewhere` as in `page`."""
        each = _condition(failing_elsewhere).label("name")
        counted: Select[Any] = select(each, func.count()).join_from(subscriptions, clients)
        joined = counted.join(cursors, cursors.c.subscription_id == subscriptions.c.id)
        with reading(self._engine) as connection:
            found = connection.execute(_of(joined, client).group_by(text("1"))).all()
        return {name: 0 for name in CONDITIONS} | {name: int(count) for name, count in found}

    def clients(self, after: str = "", limit: int | None = None) -> Sequence[str]:
        """The names of so many clients that have subscriptions, after one."""
        wanted = (
            select(clients.c.name)
            .where(
                clients.c.id.in_(select(subscriptions.c.client_id)),
                clients.c.name > after,
            )
            .order_by(clients.c.name)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return connection.execute(wanted).scalars().all()

    def _all(self, wanted: Select[Any]) -> list[Overview]:
        now_ms = self._now_ms()
        with reading(self._engine) as connection:
            found = connection.execute(wanted).mappings().all()
            filters = _filters_of(connection, [row["id"] for row in found])
            return [_overview(connection, row, filters.get(row["id"], ()), now_ms) for row in found]


FAILING = "failing"
CONDITIONS = (*(state.value for state in State), FAILING)
"""What a list of subscriptions may be asked for: a state, or active ones whose endpoint fails."""

_is_active = subscriptions.c.state == State.ACTIVE.value
_CONDITION: Any = case(
    (_is_active & (cursors.c.failures > 0), FAILING), else_=subscriptions.c.state
)


def _condition(failing_elsewhere: Collection[int]) -> Any:
    if not failing_elsewhere:
        return _CONDITION
    elsewhere = subscriptions.c.id.in_(failing_elsewhere)
    return case((_is_active & elsewhere, FAILING), else_=_CONDITION)


def _of(wanted: Select[Any], client: str | None) -> Select[Any]:
    return wanted if client is None else wanted.where(clients.c.name == client)


def _getting(topic: str) -> Select[tuple[int]]:
    filters = subscription_topics.c
    return select(filters.subscription_id).where(
        filters.topic.in_([topic, EVERY_TOPIC]), filters.until_position.is_(None)
    )


def _redriven() -> Any:
    """Dead letters on their way back: few, and not for long."""
    return (
        select(func.count())
        .where(
            dead_letters.c.redrive_at_ms.is_not(None),
            # Not by the index of subscriptions: one may have 100 000 letters, none on its way.
            dead_letters.c.subscription_id + 0 == subscriptions.c.id,
        )
        .scalar_subquery()
    )


def _first_parked_at_ms() -> Any:
    return (
        select(parked_events.c.published_at_ms)
        .where(parked_events.c.subscription_id == subscriptions.c.id)
        .order_by(parked_events.c.position)
        .limit(1)
        .scalar_subquery()
    )


# Made once: to put it together anew costs more than to run it.
_EVERYTHING: Select[Any] = (
    select(
        subscriptions,
        cursors,
        clients.c.name.label("client"),
        _redriven().label("redriven"),
        _first_parked_at_ms().label("first_parked_at_ms"),
    )
    .join_from(subscriptions, clients)
    .join(cursors, cursors.c.subscription_id == subscriptions.c.id)
    .order_by(clients.c.name, subscriptions.c.name)
)
_WORST_FIRST = _EVERYTHING.order_by(None).order_by(
    case(
        (State.DISABLED.value == _CONDITION, 0),
        (_CONDITION == FAILING, 1),
        (cursors.c.dead_letters > 0, 2),
        (cursors.c.parked_events > 0, 3),
        else_=4,
    ),
    cursors.c.position,
    clients.c.name,
    subscriptions.c.name,
)


def _filters_of(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[TopicFilter, ...]]:
    found: dict[int, tuple[TopicFilter, ...]] = {}
    for start in range(0, len(ids), _AT_ONCE):
        found |= filters_of(connection, ids[start : start + _AT_ONCE])
    return found


def _overview(
    connection: Connection, row: columns.Row, filters: tuple[TopicFilter, ...], now_ms: int
) -> Overview:
    cursor = columns.cursor(row)
    events, oldest_at_ms = backlog(connection, max(cursor.position, cursor.snapshot_upto), filters)
    if cursor.position < cursor.snapshot_upto:
        left, first_at_ms = snapshot_left(connection, row["id"], cursor.position)
        events, oldest_at_ms = events + left, first_at_ms or oldest_at_ms
    at_ms = row["last_attempt_at_ms"]
    return Overview(
        subscription=columns.subscription(row, filters),
        cursor=cursor,
        health=columns.health(row),
        lag=Lag(events, _age_ms(oldest_at_ms, now_ms)),
        sent=row["sent"],
        answer=at_ms and columns.last_answer(row, at_ms),
        parked=row["parked_events"] + row["redriven"],
        parked_oldest_ms=_age_ms(row["first_parked_at_ms"], now_ms),
        dead_letters=row["dead_letters"] - row["redriven"],
    )


def _age_ms(at_ms: int | None, now_ms: int) -> int | None:
    return None if at_ms is None else max(0, now_ms - at_ms)


def as_listed(one: Overview) -> ListedSubscription:
    """A subscription as routemaster lists it."""
    subscription = one.subscription
    is_default = subscription.name == DEFAULT_NAME
    ages_ms = [age for age in (one.lag.oldest_ms, one.parked_oldest_ms) if age is not None]
    return ListedSubscription(
        subscription.client if is_default else f"{subscription.client}/{subscription.name}",
        subscription.callback,
        tuple(
            topic_filter.pattern
            for topic_filter in subscription.filters
            if topic_filter.until is None
        ),
        one.sent,
        one.lag.events + one.parked,
        max(ages_ms, default=None),
        subscription.max_events,
        subscription.timeout_ms,
    )
