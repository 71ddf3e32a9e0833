"""Change the secret that signs a client's deliveries."""

from typing import Any

from bus.deliver.signing import check_secret, new_secret, rotate
from bus.errors import BadSecret
from bus.storage import Storage
from bus.subscription import DEFAULT_NAME

_KEYS = {"secret"}


def change_secret(
    storage: Storage, client_id: int, body: Any, now_ms: int, name: str = DEFAULT_NAME
) -> str:
    """Sign with the secret in `body` (`{"secret"?}`), or with a new one; returns it.

    The one before stays valid for a day. Setting the current one again changes nothing. Raises
    BadSecret, or NotFound without a subscription.
    """
    wanted = _wanted(body)
    while True:
        before = storage.subscriptions.secrets(client_id, name)
        after = rotate(before, wanted, now_ms)
        if after == before or storage.subscriptions.save_secrets(client_id, before, after, name):
            return wanted


def _wanted(body: Any) -> str:
    if not isinstance(body, dict) or set(body) - _KEYS:
        raise BadSecret('the body is {"secret"?}')
    given = body.get("secret")
    return new_secret() if given is None else check_secret(given)
