"""Standard Webhooks signatures (https://www.standardwebhooks.com), with the secrets of a day."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from functools import lru_cache
from typing import Annotated, Any

from bus.errors import BadSecret, TooManySecrets
from bus.model.subscription import SigningSecrets
from bus.wire_rules import complaint

PREFIX = "whsec_"
MIN_KEY_BYTES = 24
MAX_KEY_BYTES = 64
PREVIOUS_VALID_MS = 24 * 60 * 60 * 1000
MOST_PREVIOUS = 20


def new_secret() -> str:
    """A fresh secret of 32 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def check_secret(value: Any) -> str:
    """A secret given by a subscriber: `whsec_` and 24 to 64 bytes in base64. Raises BadSecret."""
    if not isinstance(value, str) or not value.startswith(PREFIX):
        raise BadSecret(f"a secret starts with {PREFIX}")
    try:
        key = _key(value)
    except (binascii.Error, ValueError):
        raise BadSecret(f"a secret is base64 after {PREFIX}") from None
    if not MIN_KEY_BYTES <= len(key) <= MAX_KEY_BYTES:
        raise BadSecret(f"a secret has {MIN_KEY_BYTES} to {MAX_KEY_BYTES} bytes")
    return value


Secret = Annotated[
    str,
    complaint(lambda _: BadSecret(f"a secret starts with {PREFIX}"), pattern=f"^{PREFIX}"),
]


def rotate(now: SigningSecrets, to: str, now_ms: int) -> SigningSecrets:
    """Sign with another secret; each one before stays valid for a day from when it was replaced.

    Rotating to the secret that is current already changes nothing, so it may be repeated. Raises
    TooManySecrets: a day has room for 20, as each makes the deliveries' headers longer.
    """
    if to == now.current:
        return now
    left = [one for one in now.previous if now_ms < one[1] and one[0] != to]
    if len(left) >= MOST_PREVIOUS:
        raise TooManySecrets(
            f"{len(left) + 1} secrets are in use: none is free until"
            f" {min(until_ms for _, until_ms in left)} ms since the epoch"
        )
    return SigningSecrets(to, ((now.current, now_ms + PREVIOUS_VALID_MS), *left))


def signature(valid: Iterable[str], message_id: str, timestamp_s: int, body: bytes) -> str:
    """The `webhook-signature` header: `v1,…` for each valid secret, space-separated."""
    signed = b"%b.%d.%b" % (message_id.encode(), timestamp_s, body)
    return " ".join(f"v1,{_sign(secret, signed)}" for secret in valid)


def _sign(secret: str, signed: bytes) -> str:
    digest = hmac.digest(_key(secret), signed, hashlib.sha256)
    return base64.b64encode(digest).decode()


@lru_cache(4096)
def _key(secret: str) -> bytes:
    encoded = secret.removeprefix(PREFIX).rstrip("=")
    return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
