"""Reading subscriptions out of their tables."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from bus.model import TopicScope
from bus.storage.tables import subscription_topics


def scopes_of(
    connection: Connection, subscription_ids: Sequence[int]
) -> dict[int, tuple[TopicScope, ...]]:
    """The topics of each subscription, by name; ended ones included."""
    wanted = (
        select(subscription_topics)
        .where(subscription_topics.c.subscription_id.in_(subscription_ids))
        .order_by(subscription_topics.c.topic)
    )
    found: dict[int, tuple[TopicScope, ...]] = {}
    for row in connection.execute(wanted):
        scope = TopicScope(row.topic, row.after_position, row.until_position)
        found[row.subscription_id] = (*found.get(row.subscription_id, ()), scope)
    return found
