"""Reading subscriptions out of their tables."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, select

from bus.model.delivery import Cursor, EndpointHealth, LastAnswer, Parked
from bus.model.subscription import Format, RetryPolicy, SigningSecrets, State, Subscription
from bus.model.topic_filter import TopicFilter
from bus.storage.tables import subscription_topics

Row = Mapping[Any, Any]


def filters_of(
    connection: Connection, subscription_ids: Sequence[int] | Select[tuple[int]]
) -> dict[int, tuple[TopicFilter, ...]]:
    """What each subscription gets, by topic and type; ended ones included."""
    wanted = (
        select(subscription_topics)
        .where(subscription_topics.c.subscription_id.in_(subscription_ids))
        .order_by(subscription_topics.c.topic, subscription_topics.c.type)
    )
    found: dict[int, tuple[TopicFilter, ...]] = {}
    for row in connection.execute(wanted):
        topic_filter = TopicFilter(
            row.topic, row.after_position, row.until_position, row.type or None
        )
        found[row.subscription_id] = (*found.get(row.subscription_id, ()), topic_filter)
    return found


def subscription(row: Row, filters: tuple[TopicFilter, ...]) -> Subscription:
    """A row of `subscriptions`, with the client's name as `client`."""
    return Subscription(
        id=row["id"],
        client=row["client"],
        name=row["name"],
        callback=row["callback"],
        uuid=row["uuid"],
        filters=filters,
        secrets=SigningSecrets(row["secret"], row["previous_secret"], row["previous_until_ms"]),
        timeout_ms=row["timeout_ms"],
        max_events=row["max_events"],
        concurrency=row["concurrency"],
        coalesce=row["coalesce"],
        format=Format(row["format"]),
        events_per_s=row["events_per_s"],
        retry=retry_policy(row["retry"]),
        state=State(row["state"]),
        reason=row["reason"],
        state_since_ms=row["state_since_ms"],
    )


def cursor(row: Row) -> Cursor:
    """Where a row of `cursors` stands."""
    left = tuple(json.loads(row["left_behind"])) if row["left_behind"] else ()
    return Cursor(row["position"], row["delivered"], row["reached"], left, row["snapshot_upto"])


def health(row: Row) -> EndpointHealth:
    """How the endpoint of a row of `cursors` fares."""
    return EndpointHealth(
        row["failures"],
        row["failing_since_ms"],
        row["retry_at_ms"],
        row["tried_upto"],
        row["narrow"],
        row["skip_upto"],
    )


def parked(row: Row) -> Parked:
    """A row of `parked`, with the number of its events as `events`."""
    answer = LastAnswer(row["last_status"], row["last_error"], row["parked_at_ms"])
    return Parked(row["url"], row["failures"], row["retry_at_ms"], row["events"], answer)


def retry_policy(text: str | None) -> RetryPolicy:
    """A policy as it is stored: JSON, or nothing for the default."""
    if text is None:
        return RetryPolicy()
    values = json.loads(text)
    return RetryPolicy(**values | {"parked_ms": tuple(values["parked_ms"])})
