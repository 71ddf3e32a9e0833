"""Subscriptions: where each client's events go, and from where in the log."""

import json

from service_kit.clock import Clock
from service_kit.database import reading
from sqlalchemy import Connection, Engine, delete, func, insert, select, text, update

from bus.errors import BadSubscription, NotFound
from bus.model.subscription import (
    DEFAULT_NAME,
    NOW,
    SigningSecrets,
    StartPosition,
    State,
    SubscriptionRequest,
)
from bus.model.topic_filter import (
    EVERY_TOPIC,
    TopicFilter,
    filter_of,
    refiltered,
    without_passed,
)
from bus.storage import cursors, topic_filters, topics
from bus.storage.columns import request_columns, signing_secrets
from bus.storage.seeks import seek_position
from bus.storage.start_position import cursor_at, log_end, log_start
from bus.storage.subscription_ids import id_of, known_id
from bus.storage.tables import clients, subscriptions
from bus.storage.transactions import Registry

# A subscription that waits for its snapshot is paused with this reason.
SNAPSHOT = "snapshot"
# One whose owner has asked to delete it, until all that it was to be sent is gone.
DELETING = "deleting"
# Patterns, and what is left of earlier ones: who changes them for ever makes no heap of them.
_MAX_FILTERS = 500
# Each is a cursor that a pusher looks after, and several series.
MAX_OF_A_CLIENT = 100
_WANT_TEST = text(
    "INSERT INTO wanted_tests (subscription_id, requested_at_ms) VALUES (:id, :now_ms)"
    " ON CONFLICT (subscription_id) DO UPDATE SET requested_at_ms = excluded.requested_at_ms"
)


class Subscriptions:
    """What clients change. Each method is one transaction; `name` is the client's own."""

    def __init__(self, engine: Engine, registry: Registry, now_ms: Clock) -> None:
        self._engine = engine
        self._registry = registry
        self._now_ms = now_ms

    def replace(
        self,
        client_id: int,
        wanted: SubscriptionRequest,
        new_secret: str,
        *,
        name: str = DEFAULT_NAME,
        start: StartPosition = NOW,
        waits_for_snapshot: bool = False,
    ) -> bool:
        """Subscribe, or change the subscription to what is wanted now; whether it is new.

        May be repeated. A topic that is new to a known subscription starts with the next event;
        `start` and `new_secret` are only for one that is new itself. A subscriber that calls is
        alive, so a back-off ends and what was disabled goes on; what was paused stays so. Raises
        BadSubscription.
        """
        with self._registry.changing() as connection:
            _take_turns(connection, client_id)
            found = id_of(connection, client_id, name)
            topics.ensure(connection, _named(wanted.topics))
            if found is None:
                _check_room(connection, client_id)
                state = State.PAUSED if waits_for_snapshot else State.ACTIVE
                self._insert(connection, client_id, wanted, new_secret, (name, state, start))
            else:
                self._change(connection, found, wanted)
        return found is None

    def delete(self, client_id: int, name: str = DEFAULT_NAME) -> None:
        """End a subscription. Raises NotFound."""
        with self._registry.changing() as connection:
            subscription_id = known_id(connection, client_id, name)
            connection.execute(delete(subscriptions).where(subscriptions.c.id == subscription_id))

    def pause_to_delete(self, subscription_id: int) -> None:
        """Send nothing more, for what it is to be sent goes away piece by piece."""
        with self._registry.preparing() as connection:
            self._enter(connection, subscription_id, State.PAUSED, DELETING)

    def delete_topic(self, client_id: int, topic: str) -> None:
        """Take a topic out of the client's default subscription. Raises NotFound."""
        with self._registry.changing() as connection:
            subscription_id = known_id(connection, client_id, DEFAULT_NAME)
            topic_filters.remove(connection, subscription_id, topic)

    def find(self, client_id: int, name: str) -> int:
        """The id of a subscription. Raises NotFound."""
        with reading(self._engine) as connection:
            return known_id(connection, client_id, name)

    def endpoint(self, client_id: int, name: str) -> tuple[str, str] | None:
        """Where a subscription goes and its user name there; None where it is pulled, or isn't."""
        wanted = select(subscriptions.c.callback, subscriptions.c.uuid).where(
            subscriptions.c.client_id == client_id,
            subscriptions.c.name == name,
            subscriptions.c.callback != "",
        )
        with reading(self._engine) as connection:
            row = connection.execute(wanted).one_or_none()
        return None if row is None else (row.callback, row.uuid)

    def waits_for_snapshot(self, subscription_id: int) -> bool:
        """Whether it waits for a snapshot, which whoever asked for it may have died over."""
        wanted = select(subscriptions.c.reason).where(subscriptions.c.id == subscription_id)
        with reading(self._engine) as connection:
            return connection.execute(wanted).scalar_one_or_none() == SNAPSHOT

    def secrets(self, client_id: int, name: str = DEFAULT_NAME) -> SigningSecrets:
        """What signs the deliveries. Raises NotFound."""
        wanted = select(subscriptions.c.secret, subscriptions.c.previous_secrets).where(
            subscriptions.c.client_id == client_id, subscriptions.c.name == name
        )
        with reading(self._engine) as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            raise NotFound("no subscription")
        return signing_secrets(*row)

    def save_secrets(
        self,
        client_id: int,
        before: SigningSecrets,
        after: SigningSecrets,
        name: str = DEFAULT_NAME,
    ) -> bool:
        """Change what signs; False when somebody else changed it since `before` was read."""
        with self._registry.changing() as connection:
            changed = connection.execute(
                update(subscriptions)
                .where(
                    subscriptions.c.client_id == client_id,
                    subscriptions.c.name == name,
                    subscriptions.c.secret == before.current,
                )
                .values(
                    secret=after.current,
                    previous_secrets=json.dumps(after.previous),
                )
            )
            return changed.rowcount == 1

    def pause(self, subscription_id: int, reason: str | None = None) -> None:
        """Send nothing more; what is in flight is still settled. May be repeated."""
        with self._registry.changing() as connection:
            self._enter(connection, subscription_id, State.PAUSED, reason)

    def resume(self, subscription_id: int) -> None:
        """Send again, at once, whatever the reason was not to. May be repeated."""
        with self._registry.changing() as connection:
            self._enter(connection, subscription_id, State.ACTIVE, None)
            cursors.end_back_off(connection, subscription_id)

    def end_back_off(self, subscription_id: int) -> None:
        """Call an endpoint that fails well again, in whatever state. May be repeated."""
        with self._registry.changing() as connection:
            cursors.end_back_off(connection, subscription_id)

    def seek(self, subscription_id: int, start: StartPosition) -> int:
        """Move the cursor; returns where it is now. What is parked or dead stays so.

        Events from before the subscription began are delivered too when it is moved there.
        """
        with self._registry.changing() as connection:
            position = seek_position(connection, subscription_id, start)
            _move(connection, subscription_id, position, snapshot_upto=0)
            return position

    def filters(self, subscription_id: int) -> tuple[TopicFilter, ...]:
        """What a subscription gets."""
        with reading(self._engine) as connection:
            return topic_filters.filters_of(connection, [subscription_id]).get(subscription_id, ())

    def begin_snapshot(self, subscription_id: int, upto: int) -> None:
        """Deliver the stored snapshot of the log up to there, then the log after it."""
        with self._registry.changing() as connection:
            position = min(log_start(connection), upto)
            _move(connection, subscription_id, position, snapshot_upto=upto)
            self._enter(connection, subscription_id, State.ACTIVE, None)

    def want_test(self, subscription_id: int) -> None:
        """Have a test event sent, whatever the state is. May be repeated."""
        with self._registry.changing() as connection:
            values = {"id": subscription_id, "now_ms": self._now_ms()}
            connection.execute(_WANT_TEST, values)

    def _insert(
        self,
        connection: Connection,
        client_id: int,
        wanted: SubscriptionRequest,
        new_secret: str,
        how: tuple[str, State, StartPosition],
    ) -> None:
        (name, state, start), now_ms = how, self._now_ms()
        added = connection.execute(
            insert(subscriptions).values(
                client_id=client_id,
                name=name,
                secret=new_secret,
                state=state.value,
                reason=SNAPSHOT if state is State.PAUSED else None,
                state_since_ms=now_ms,
                created_at_ms=now_ms,
                begun_at=None if start == NOW else json.dumps([start.at.value, start.value]),
                **request_columns(wanted),
            )
        ).inserted_primary_key
        assert added is not None
        subscription_id, position = int(added[0]), cursor_at(connection, start)
        patterns = dict.fromkeys(wanted.topics)
        filters = [filter_of(pattern, position, wanted.about) for pattern in patterns]
        topic_filters.add(connection, subscription_id, filters)
        cursors.begin_at(connection, subscription_id, position)

    def _change(
        self, connection: Connection, subscription_id: int, wanted: SubscriptionRequest
    ) -> None:
        ours = subscriptions.c.id == subscription_id
        callback = connection.execute(select(subscriptions.c.callback).where(ours)).scalar_one()
        connection.execute(update(subscriptions).where(ours).values(**request_columns(wanted)))
        if bool(callback) != bool(wanted.callback):  # pushed from here on, or pulled
            cursors.forget_leases(connection, subscription_id)
        before = topic_filters.filters_of(connection, [subscription_id]).get(subscription_id, ())
        after = refiltered(before, wanted.topics, log_end(connection), wanted.about)
        if len(after) > _MAX_FILTERS:
            after = without_passed(after, cursors.position_of(connection, subscription_id))
        if len(after) > _MAX_FILTERS:
            raise BadSubscription("events of too many topics wait that were wanted before")
        topic_filters.replace(connection, subscription_id, after)
        self._enter(connection, subscription_id, State.ACTIVE, None, only_from=(State.DISABLED,))
        cursors.end_back_off(connection, subscription_id)

    def _enter(
        self,
        connection: Connection,
        subscription_id: int,
        state: State,
        reason: str | None,
        only_from: tuple[State, ...] = tuple(State),
    ) -> None:
        connection.execute(
            update(subscriptions)
            .where(
                subscriptions.c.id == subscription_id,
                subscriptions.c.state.in_([one.value for one in only_from]),
            )
            .values(state=state.value, reason=reason, state_since_ms=self._now_ms())
        )


def _move(
    connection: Connection, subscription_id: int, position: int, *, snapshot_upto: int
) -> None:
    topic_filters.reach_back_to(connection, subscription_id, position)
    cursors.forget_leases(connection, subscription_id)
    cursors.move_to(connection, subscription_id, position, snapshot_upto=snapshot_upto)


def _take_turns(connection: Connection, client_id: int) -> None:
    """All workers of a client subscribe when they start: the second one finds what the first made.

    SQLite has one writer at a time anyway.
    """
    ours = select(clients.c.id).where(clients.c.id == client_id)
    # Not for an update of its key: whoever publishes a first event has the log's lock and refers
    # to the client, and we are about to ask for that lock. It would be a deadlock.
    connection.execute(ours.with_for_update(key_share=True))


def _check_room(connection: Connection, client_id: int) -> None:
    theirs = select(func.count()).where(subscriptions.c.client_id == client_id)
    if connection.execute(theirs).scalar_one() >= MAX_OF_A_CLIENT:
        raise BadSubscription(f"a client has at most {MAX_OF_A_CLIENT} subscriptions")


def _named(patterns: tuple[str, ...]) -> list[str]:
    return sorted({filter_of(pattern, 0).topic for pattern in patterns} - {EVERY_TOPIC})
