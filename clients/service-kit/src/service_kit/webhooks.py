"""The head of a delivery: Standard Webhooks (https://www.standardwebhooks.com) and the bus's own
fields, for whoever pushes a batch and whoever forwards one as if it were pushed.

Not by the package `standardwebhooks`: it signs text with one secret, and here are bytes and, for a
day, several; it is no faster (11 us a batch of 100, both). Tests hold ours against it."""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import struct
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache

from service_kit.trace import continued

PREFIX = "whsec_"
MIN_KEY_BYTES = 24
MAX_KEY_BYTES = 64
_USER = re.compile(r"[!-9;-~]{1,255}")


def new_secret() -> str:
    """A fresh secret of 32 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def check_secret(value: object) -> str:
    """A secret given by a subscriber: `whsec_` and 24 to 64 bytes in base64. Raises ValueError,
    whose words don't repeat it."""
    if not isinstance(value, str) or not value.startswith(PREFIX):
        raise ValueError(f"a secret starts with {PREFIX}")
    try:
        key = _key(value)
    except (binascii.Error, ValueError):
        raise ValueError(f"a secret is base64 after {PREFIX}") from None
    if not MIN_KEY_BYTES <= len(key) <= MAX_KEY_BYTES:
        raise ValueError(f"a secret has {MIN_KEY_BYTES} to {MAX_KEY_BYTES} bytes")
    return value


def check_secrets(text: str) -> tuple[str, ...]:
    """Secrets, comma-separated: one, or two while one takes the other's place. Raises ValueError,
    whose words don't repeat them."""
    found = tuple(check_secret(one.strip()) for one in text.split(",") if one.strip())
    if not found:
        raise ValueError("must be a secret, or several, comma-separated")
    return found


def check_user(text: str) -> str:
    """The user name that a delivery's Basic credentials have. Raises ValueError."""
    if not _USER.fullmatch(text):
        raise ValueError("must be 1 to 255 visible ASCII characters, without a colon")
    return text


def signature(valid: Iterable[str], message_id: str, timestamp_s: int, body: bytes) -> str:
    """The `webhook-signature` header: `v1,…` for each valid secret, space-separated."""
    signed = b"%b.%d.%b" % (message_id.encode(), timestamp_s, body)
    return " ".join(f"v1,{_sign(secret, signed)}" for secret in valid)


def delivery_head(
    *,
    content_type: str,
    uuid: str,
    valid_secrets: Iterable[str],
    message_id: str,
    now_ms: int,
    body: bytes,
    position: int,
    previous: int,
    attempt: int,
    replay: int,
    traceparent: str | None,
    log: str | None = None,
) -> tuple[str, ...]:
    """The fields of one delivery, as `Name: value` lines; they hold credentials.

    `uuid` is the Basic user name, `previous` the last position that was delivered before,
    `attempt` counts from 1, `replay` says how often the subscription was moved or redriven. `log`
    is whose positions they are, where the bus has several logs.
    """
    timestamp_s = now_ms // 1000
    return (
        f"Content-Type: {content_type}",
        f"Authorization: Basic {_credentials(uuid)}",
        f"webhook-id: {message_id}",
        f"webhook-timestamp: {timestamp_s}",
        f"webhook-signature: {signature(valid_secrets, message_id, timestamp_s, body)}",
        *([] if log is None else [f"bus-log: {log}"]),
        f"bus-position: {position}",
        f"bus-previous-position: {previous}",
        f"bus-attempt: {attempt}",
        f"bus-replay: {replay}",
        f"traceparent: {continued(traceparent)}",
        "Accept: application/json",
        "Accept-Encoding: identity",
    )


def message_id(subscription: object, positions: Sequence[int]) -> str:
    """The `webhook-id` of a batch: the same for the same events, and for no others.

    It follows from where they stand in the log: a retry has the same, so does a replay. Where some
    between the first and the last are left out a checksum says which.
    """
    first, last, count = positions[0], positions[-1], len(positions)
    span = f"msg_{subscription}_{first}_{last}_{count}"
    if last - first + 1 == count:
        return span
    return f"{span}_{zlib.crc32(struct.pack(f'<{count}q', *positions)):08x}"


@lru_cache(4096)
def _credentials(uuid: str) -> str:
    return base64.b64encode(f"{uuid}:x".encode()).decode()


def _sign(secret: str, signed: bytes) -> str:
    digest = hmac.digest(_key(secret), signed, hashlib.sha256)
    return base64.b64encode(digest).decode()


@lru_cache(4096)
def _key(secret: str) -> bytes:
    encoded = secret.removeprefix(PREFIX).rstrip("=")
    return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
