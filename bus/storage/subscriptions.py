"""Subscriptions: where each client's events go, and how much of the log is still ahead of it."""

from collections.abc import Collection, Iterable

from service_kit.clock import Clock
from service_kit.database import reading, writing
from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from bus.errors import NotFound
from bus.model import Progress, SigningSecrets, SubscriptionRequest, SubscriptionState
from bus.storage import topics as topic_rows
from bus.storage.backlog import backlog
from bus.storage.rows import scopes_of
from bus.storage.state import registry_changed
from bus.storage.tables import (
    clients,
    cursors,
    events,
    subscription_topics,
    subscriptions,
    topics,
)


class Subscriptions:
    """One subscription a client; each method is one transaction."""

    def __init__(self, engine: Engine, now_ms: Clock) -> None:
        self._engine = engine
        self._now_ms = now_ms

    def replace(self, client_id: int, wanted: SubscriptionRequest, new_secret: str) -> None:
        """Subscribe, or change the subscription to what is wanted now. May be repeated.

        A topic that is new to it starts with the next event; `new_secret` is only for a
        subscription that is new itself. A subscriber that calls is alive, so a back-off ends.
        """
        with writing(self._engine) as connection:
            end = _last_position(connection)
            subscription_id = _find(connection, client_id)
            if subscription_id is None:
                subscription_id = self._insert(connection, client_id, wanted, new_secret, end)
            else:
                _update(connection, subscription_id, wanted)
            _ensure_topics(connection, wanted.topics)
            _replace_topics(connection, subscription_id, wanted.topics, end)
            registry_changed(connection)

    def delete(self, client_id: int) -> None:
        """End the client's subscription. Raises NotFound."""
        with writing(self._engine) as connection:
            subscription_id = _found(connection, client_id)
            connection.execute(delete(subscriptions).where(subscriptions.c.id == subscription_id))
            registry_changed(connection)

    def delete_topic(self, client_id: int, topic: str) -> None:
        """Take a topic out of the client's subscription. Raises NotFound."""
        with writing(self._engine) as connection:
            gone = connection.execute(
                delete(subscription_topics).where(
                    subscription_topics.c.subscription_id == _found(connection, client_id),
                    subscription_topics.c.topic == topic,
                    subscription_topics.c.until_position.is_(None),
                )
            )
            if gone.rowcount == 0:
                raise NotFound("not subscribed to this topic")
            registry_changed(connection)

    def secrets(self, client_id: int) -> SigningSecrets:
        """What signs the client's deliveries. Raises NotFound."""
        wanted = select(
            subscriptions.c.secret,
            subscriptions.c.previous_secret,
            subscriptions.c.previous_until_ms,
        ).where(subscriptions.c.client_id == client_id)
        with reading(self._engine) as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            raise NotFound("no subscription")
        return SigningSecrets(*row)

    def save_secrets(self, client_id: int, before: SigningSecrets, after: SigningSecrets) -> bool:
        """Change what signs; False when somebody else changed it since `before` was read."""
        with writing(self._engine) as connection:
            changed = connection.execute(
                update(subscriptions)
                .where(
                    subscriptions.c.client_id == client_id,
                    subscriptions.c.secret == before.current,
                )
                .values(
                    secret=after.current,
                    previous_secret=after.previous,
                    previous_until_ms=after.previous_until_ms,
                )
            )
            registry_changed(connection)
            return changed.rowcount == 1

    def all(self) -> list[SubscriptionState]:
        """Every subscription with how much it got and how much waits, by subscriber."""
        wanted = (
            select(
                subscriptions.c.id,
                clients.c.name,
                subscriptions.c.callback,
                cursors.c.sent,
                cursors.c.position,
            )
            .join_from(subscriptions, clients)
            .join(cursors, cursors.c.subscription_id == subscriptions.c.id)
            .order_by(clients.c.name)
        )
        now_ms = self._now_ms()
        states = []
        with reading(self._engine) as connection:
            for row in connection.execute(wanted).all():
                scopes = scopes_of(connection, [row.id]).get(row.id, ())
                queued, oldest_at_ms = backlog(connection, row.position, scopes)
                states.append(
                    SubscriptionState(
                        row.name,
                        row.callback,
                        tuple(scope.topic for scope in scopes if scope.until is None),
                        row.sent,
                        queued,
                        None if oldest_at_ms is None else max(0, now_ms - oldest_at_ms),
                    )
                )
        return states

    def _insert(
        self,
        connection: Connection,
        client_id: int,
        wanted: SubscriptionRequest,
        new_secret: str,
        end: int,
    ) -> int:
        added = connection.execute(
            insert(subscriptions).values(
                client_id=client_id,
                name="default",
                concurrency=1,
                coalesce=False,
                format="routemaster",
                state="active",
                state_since_ms=self._now_ms(),
                secret=new_secret,
                previous_until_ms=0,
                created_at_ms=self._now_ms(),
                **_columns(wanted),
            )
        ).inserted_primary_key
        assert added is not None
        subscription_id = int(added[0])
        start = Progress(position=end, delivered=end)
        connection.execute(
            insert(cursors).values(
                subscription_id=subscription_id,
                position=start.position,
                reached=start.position,
                snapshot_upto=0,
                delivered=start.delivered,
                sent=0,
                failures=start.failures,
                retry_at_ms=start.retry_at_ms,
                fence=0,
            )
        )
        return subscription_id


def _columns(wanted: SubscriptionRequest) -> dict[str, str | int | None]:
    return {
        "callback": wanted.callback,
        "uuid": wanted.uuid,
        "timeout_ms": wanted.timeout_ms,
        "max_events": wanted.max_events,
    }


def _update(connection: Connection, subscription_id: int, wanted: SubscriptionRequest) -> None:
    connection.execute(
        update(subscriptions)
        .where(subscriptions.c.id == subscription_id)
        .values(**_columns(wanted))
    )
    connection.execute(
        update(cursors)
        .where(cursors.c.subscription_id == subscription_id, cursors.c.failures > 0)
        .values(failures=0, tried_upto=None, retry_at_ms=0, fence=cursors.c.fence + 1)
    )


def _find(connection: Connection, client_id: int) -> int | None:
    return connection.execute(
        select(subscriptions.c.id).where(subscriptions.c.client_id == client_id)
    ).scalar_one_or_none()


def _found(connection: Connection, client_id: int) -> int:
    subscription_id = _find(connection, client_id)
    if subscription_id is None:
        raise NotFound("no subscription")
    return subscription_id


def _last_position(connection: Connection) -> int:
    return int(connection.execute(select(func.max(events.c.position))).scalar() or 0)


def _ensure_topics(connection: Connection, names: Iterable[str]) -> None:
    known = set(
        connection.execute(select(topics.c.name).where(topics.c.name.in_(list(names)))).scalars()
    )
    for name in dict.fromkeys(names):
        if name not in known:
            topic_rows.create(connection, name)
    connection.execute(
        update(topics).where(topics.c.name.in_(known), topics.c.deleted).values(deleted=False)
    )


def _replace_topics(
    connection: Connection, subscription_id: int, names: Collection[str], end: int
) -> None:
    mine = subscription_topics.c.subscription_id == subscription_id
    known = set(connection.execute(select(subscription_topics.c.topic).where(mine)).scalars())
    connection.execute(
        delete(subscription_topics).where(
            mine,
            subscription_topics.c.topic.not_in(list(names)),
            subscription_topics.c.until_position.is_(None),
        )
    )
    connection.execute(
        update(subscription_topics)
        .where(mine, subscription_topics.c.topic.in_(list(names)))
        .values(until_position=None)
    )
    for name in dict.fromkeys(names):
        if name not in known:
            connection.execute(
                insert(subscription_topics).values(
                    subscription_id=subscription_id, topic=name, type="", after_position=end
                )
            )
