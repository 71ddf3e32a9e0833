"""What is done to a subscription in every log: each holds where it stands there
(docs/delivery.md D38)."""

from bus.model.subscription import (
    DEFAULT_NAME,
    StartAt,
    StartPosition,
    SubscriptionRequest,
)
from bus.storage import Logs
from bus.subscriptions import lifecycle
from bus.subscriptions.validation import Wanted

_OF_ONE_LOG = {StartAt.POSITION, StartAt.EVENTS}


def put(
    logs: Logs,
    client_id: int,
    name: str,
    wanted: Wanted,
    now_ms: int,
    *,
    about: str | None = "",
) -> str | None:
    """As `lifecycle.put`; it begins in each log where `wanted` says, or with the next event there
    where that is a position, which is one of the log at home."""
    secret = lifecycle.put(logs.home, client_id, name, wanted, now_ms, about=about)
    _go_on(logs, client_id, name)
    return secret


def replace(logs: Logs, client_id: int, wanted: SubscriptionRequest, new_secret: str) -> None:
    """As `Subscriptions.replace`, of the default subscription."""
    logs.home.subscriptions.replace(client_id, wanted, new_secret)
    _go_on(logs, client_id, DEFAULT_NAME)


def resume(logs: Logs, subscription_id: int) -> None:
    """As `lifecycle.resume`."""
    for _, store in logs:
        lifecycle.resume(store, subscription_id)


def seek(logs: Logs, subscription_id: int, start: StartPosition) -> None:
    """As `lifecycle.seek`. A position, or so many events on, is meant in the log at home alone."""
    for _, store in logs:
        if store is logs.home or start.at not in _OF_ONE_LOG:
            lifecycle.seek(store, subscription_id, start)


def delete(logs: Logs, client_id: int, name: str = DEFAULT_NAME) -> None:
    """As `lifecycle.delete`."""
    if logs.others:
        subscription_id = logs.home.subscriptions.find(client_id, name)
        for store in logs.others.values():
            lifecycle.clear(store, subscription_id)
    lifecycle.delete(logs.home, client_id, name)


def _go_on(logs: Logs, client_id: int, name: str) -> None:
    if logs.others:
        subscription_id = logs.home.subscriptions.find(client_id, name)
        for store in logs.others.values():
            lifecycle.go_on(store, subscription_id)
