"""The cursors of subscriptions, as what clients do moves them; pushers move them in settlements."""

from sqlalchemy import Connection, delete, insert, select, update

from bus.model.delivery import HEALTHY
from bus.model.report import Alert
from bus.storage.columns import HEALTH_COLUMNS, health_values
from bus.storage.tables import alerts, cursors, pull_leases

_HEALTHY = dict(zip(HEALTH_COLUMNS, health_values(HEALTHY), strict=True))


def begin_at(connection: Connection, subscription_id: int, position: int) -> None:
    """The cursor of a new subscription."""
    connection.execute(
        insert(cursors).values(
            subscription_id=subscription_id, **_at(position), **_HEALTHY, sent=0, fence=0
        )
    )


def move_to(
    connection: Connection, subscription_id: int, position: int, *, snapshot_upto: int
) -> None:
    """Go on after a position, well again; who delivers meanwhile can't settle any more.

    What was lost there is told again.
    """
    lost = (alerts.c.subscription_id == subscription_id, alerts.c.kind == Alert.LOST)
    connection.execute(delete(alerts).where(*lost))
    connection.execute(
        update(cursors)
        .where(cursors.c.subscription_id == subscription_id)
        .values(
            **_at(position, snapshot_upto),
            **_HEALTHY,
            left_behind=None,
            fence=cursors.c.fence + 1,
            replay=cursors.c.replay + 1,
        )
    )


def begin_replay(connection: Connection, subscription_id: int) -> None:
    """What is delivered from here on is wanted although it may have been delivered before."""
    ours = cursors.c.subscription_id == subscription_id
    connection.execute(update(cursors).where(ours).values(replay=cursors.c.replay + 1))


def position_of(connection: Connection, subscription_id: int) -> int:
    """Up to where everything is settled."""
    wanted = select(cursors.c.position).where(cursors.c.subscription_id == subscription_id)
    return int(connection.execute(wanted).scalar_one())


def forget_leases(connection: Connection, subscription_id: int) -> None:
    """What pullers have in hand is to be delivered again; who is about to settle can't."""
    ours = pull_leases.c.subscription_id == subscription_id
    connection.execute(delete(pull_leases).where(ours))
    cursor = cursors.c.subscription_id == subscription_id
    connection.execute(update(cursors).where(cursor).values(fence=cursors.c.fence + 1))


def end_back_off(connection: Connection, subscription_id: int) -> None:
    """Call an endpoint that fails well again."""
    connection.execute(
        update(cursors)
        .where(cursors.c.subscription_id == subscription_id, cursors.c.failures > 0)
        .values(**_HEALTHY, fence=cursors.c.fence + 1)
    )


def _at(position: int, snapshot_upto: int = 0) -> dict[str, int]:
    return {
        "position": position,
        "reached": position,
        "delivered": position,
        "snapshot_upto": snapshot_upto,
    }
