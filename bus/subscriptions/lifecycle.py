"""The life of a subscription: begun somewhere in the log, moved there, resumed, signed for."""

from contextlib import suppress
from dataclasses import replace

from service_kit.webhooks import new_secret

from bus.errors import NotFound
from bus.model.subscription import DEFAULT_NAME, NOW, StartAt, StartPosition, SubscriptionRequest
from bus.signing import rotate
from bus.storage import Storage
from bus.storage.subscriptions import SNAPSHOT
from bus.subscriptions.validation import Wanted, kept_user_name


def put(
    storage: Storage,
    client_id: int,
    name: str,
    wanted: Wanted,
    now_ms: int,
    *,
    about: str | None = "",
) -> str | None:
    """Subscribe under a name, or change that subscription; the secret of a new one, else None.

    May be repeated. Without a secret in `wanted` a known subscription keeps its own, and without a
    user name too while its callback stays on its host. `about`: see TopicFilter. Raises
    BadSubscription for a callback that has no user name.
    """
    request = replace(wanted.request, about=about)
    if request.callback and not request.uuid:
        known = storage.subscriptions.endpoint(client_id, name)
        request = replace(request, uuid=kept_user_name(request.callback, known))
    if wanted.secret is not None:
        with suppress(NotFound):  # before a new callback is told anything
            sign_with(storage, client_id, name, wanted.secret, now_ms)
    secret = wanted.secret or new_secret()
    is_new = subscribe(storage, client_id, name, request, wanted.start, secret)
    return secret if is_new else None


def subscribe(
    storage: Storage,
    client_id: int,
    name: str,
    wanted: SubscriptionRequest,
    start: StartPosition,
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
    return is_new


def delete(storage: Storage, client_id: int, name: str = DEFAULT_NAME) -> None:
    """End a subscription. Raises NotFound.

    A large snapshot goes first, in steps that nobody waits for long, and meanwhile nothing is sent;
    when this dies halfway the subscription is paused, and to be deleted again.
    """
    clear(storage, storage.subscriptions.find(client_id, name))
    storage.subscriptions.delete(client_id, name)


def clear(storage: Storage, subscription_id: int) -> None:
    """Forget a large snapshot, in steps, of a subscription that is about to be deleted."""
    if storage.snapshots.is_large(subscription_id):
        storage.subscriptions.pause_to_delete(subscription_id)
        storage.snapshots.forget(subscription_id)


def seek(storage: Storage, subscription_id: int, start: StartPosition) -> None:
    """Move a subscription. With a snapshot it is paused until that is taken."""
    if start.at is StartAt.SNAPSHOT:
        storage.subscriptions.pause(subscription_id, SNAPSHOT)
        _take_snapshot(storage, subscription_id)
    else:
        storage.subscriptions.seek(subscription_id, start)


def go_on(storage: Storage, subscription_id: int) -> None:
    """Whoever put it is alive: a back-off ends, and a snapshot that it waits for is taken. What is
    paused stays so."""
    if storage.subscriptions.waits_for_snapshot(subscription_id):
        _take_snapshot(storage, subscription_id)
    else:
        storage.subscriptions.end_back_off(subscription_id)


def resume(storage: Storage, subscription_id: int) -> None:
    """Send again, with its snapshot first if whoever was to take that has died over it."""
    if storage.subscriptions.waits_for_snapshot(subscription_id):
        _take_snapshot(storage, subscription_id)
    else:
        storage.subscriptions.resume(subscription_id)


def _take_snapshot(storage: Storage, subscription_id: int) -> None:
    upto = storage.log.last_position()
    filters = storage.subscriptions.filters(subscription_id)
    storage.snapshots.store(subscription_id, storage.snapshots.take(filters, upto))
    storage.subscriptions.begin_snapshot(subscription_id, upto)


def change_secret(
    storage: Storage, client_id: int, given: str | None, now_ms: int, name: str = DEFAULT_NAME
) -> str:
    """Sign with the given secret, or with a new one; returns it.

    Those before stay valid for a day. Raises NotFound without a subscription, TooManySecrets.
    """
    secret = given or new_secret()
    sign_with(storage, client_id, name, secret, now_ms)
    return secret


def sign_with(storage: Storage, client_id: int, name: str, secret: str, now_ms: int) -> None:
    """Sign with this secret; those before stay valid for a day.

    Setting the current one again changes nothing. Raises NotFound without a subscription,
    TooManySecrets.
    """
    while True:
        before = storage.subscriptions.secrets(client_id, name)
        after = rotate(before, secret, now_ms)
        if after == before or storage.subscriptions.save_secrets(client_id, before, after, name):
            return
