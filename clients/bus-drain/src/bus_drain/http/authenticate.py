"""Is it our bus? Basic `uuid:x` says so, and a Standard Webhooks signature proves it."""

import base64
import hmac
from collections.abc import Mapping, Sequence

from standardwebhooks import Webhook, WebhookVerificationError

from bus_drain.errors import BadSettings, Unauthenticated

_PREFIX = "whsec_"
_MIN_BYTES = 24  # https://www.standardwebhooks.com: 24 to 64 bytes of randomness


class BasicAuthentication:
    """Lets through whoever has the subscription's uuid as the user name; the password is free."""

    def __init__(self, uuid: str) -> None:
        if not uuid:
            raise BadSettings("the uuid of the subscription is empty")
        self._uuid = uuid.encode()

    def check(self, authorization: str | None) -> None:
        """Raise Unauthenticated unless the Authorization header names our uuid. Constant time."""
        if not hmac.compare_digest(_user_name(authorization or ""), self._uuid):
            raise Unauthenticated("The credentials are missing or wrong")


class SignatureVerification:
    """Lets through what was signed with any of several secrets, so that one can be rotated."""

    def __init__(self, secrets: Sequence[str]) -> None:
        if isinstance(secrets, str) or not secrets:
            raise BadSettings("give a list of at least one signing secret")
        self._webhooks = [Webhook(_key(secret)) for secret in secrets]

    def check(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raise Unauthenticated unless body was signed with one of the secrets within 5 minutes.

        `headers` holds at least webhook-id, webhook-timestamp and webhook-signature. Every
        secret is tried whatever the ones before it said.
        """
        found = [_verifies(webhook, headers, body) for webhook in self._webhooks]
        if not any(found):
            raise Unauthenticated("The signature is missing, wrong or older than 5 minutes")


def _user_name(authorization: str) -> bytes:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return b""
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True)
    except ValueError:  # binascii.Error, and non-ASCII text
        return b""
    return decoded.partition(b":")[0]


def _key(secret: str) -> bytes:
    # The library drops what is not base64 without a word: a mistyped secret would only show
    # as deliveries that never verify.
    encoded = secret.removeprefix(_PREFIX).rstrip("=")
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except ValueError:  # from None: the cause may quote the secret
        raise BadSettings("a signing secret is not base64") from None
    if not secret.startswith(_PREFIX) or len(key) < _MIN_BYTES:
        raise BadSettings(f"a signing secret is not {_PREFIX} and {_MIN_BYTES} or more bytes")
    return key


def _verifies(webhook: Webhook, headers: Mapping[str, str], body: bytes) -> bool:
    try:
        webhook.verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):  # ValueError: a malformed signature or body
        return False
    return True
