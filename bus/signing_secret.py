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

    Raises BadSecret, or NotFound without a subscription.
    """
    if not isinstance(body, dict) or set(body) - _KEYS:
        raise BadSecret('the body is {"secret"?}')
    wanted = given_secret(body) or new_secret()
    sign_with(storage, client_id, name, wanted, now_ms)
    return wanted


def given_secret(body: dict[str, Any]) -> str | None:
    """The secret in a body, if there is one. Raises BadSecret."""
    given = body.get("secret")
    return None if given is None else check_secret(given)


def sign_with(storage: Storage, client_id: int, name: str, secret: str, now_ms: int) -> None:
    """Sign with this secret; the one before stays valid for a day.

    Setting the current one again changes nothing. Raises NotFound without a subscription.
    """
    while True:
        before = storage.subscriptions.secrets(client_id, name)
        after = rotate(before, secret, now_ms)
        if after == before or storage.subscriptions.save_secrets(client_id, before, after, name):
            return
