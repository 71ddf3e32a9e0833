"""Begin a subscription somewhere in the log, move it there, or go on."""

from bus.start import NOW, Start, StartAt
from bus.storage import Storage
from bus.storage.subscriptions import SNAPSHOT
from bus.subscription import SubscriptionRequest


def begin(
    storage: Storage,
    client_id: int,
    name: str,
    wanted: SubscriptionRequest,
    start: Start,
    new_secret: str,
) -> bool:
    """Subscribe under a name, or change that subscription; whether it is new.

    May be repeated, also when a first call died halfway. `start` and `new_secret` count for a new
    subscription only. With a snapshot it blocks for as long as reading the log takes.
    """
    is_snapshot = start.at is StartAt.SNAPSHOT
    is_new = storage.subscriptions.replace(
        client_id,
        wanted,
        new_secret,
        name=name,
        start=NOW if is_snapshot else start,
        waits_for_snapshot=is_snapshot,
    )
    subscription_id = storage.subscriptions.find(client_id, name)
    if storage.subscriptions.waits_for_snapshot(subscription_id):
        _take_snapshot(storage, subscription_id)
    storage.notify()
    return is_new


def seek(storage: Storage, subscription_id: int, start: Start) -> None:
    """Move a subscription. With a snapshot it is paused until that is taken."""
    if start.at is StartAt.SNAPSHOT:
        storage.subscriptions.pause(subscription_id, SNAPSHOT)
        _take_snapshot(storage, subscription_id)
    else:
        storage.subscriptions.seek(subscription_id, start)
    storage.notify()


def resume(storage: Storage, subscription_id: int) -> None:
    """Send again, with its snapshot first if whoever was to take that has died over it."""
    if storage.subscriptions.waits_for_snapshot(subscription_id):
        _take_snapshot(storage, subscription_id)
    else:
        storage.subscriptions.resume(subscription_id)
    storage.notify()


def _take_snapshot(storage: Storage, subscription_id: int) -> None:
    upto = storage.log.last_position()
    scopes = storage.subscriptions.scopes(subscription_id)
    storage.snapshots.store(subscription_id, storage.snapshots.take(scopes, upto))
    storage.subscriptions.begin_snapshot(subscription_id, upto)
