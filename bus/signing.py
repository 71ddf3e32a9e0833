"""The secrets of a subscription: what may be one, and the ones of a day (docs/delivery.md D14)."""

from typing import Annotated, Any

from service_kit import webhooks

from bus.errors import BadSecret, TooManySecrets
from bus.model.subscription import SigningSecrets
from bus.wire_rules import complaint

PREVIOUS_VALID_MS = 24 * 60 * 60 * 1000
MOST_PREVIOUS = 20


def check_secret(value: Any) -> str:
    """A secret given by a subscriber: `whsec_` and 24 to 64 bytes in base64. Raises BadSecret."""
    try:
        return webhooks.check_secret(value)
    except ValueError as error:
        raise BadSecret(str(error)) from None


Secret = Annotated[
    str,
    complaint(
        lambda _: BadSecret(f"a secret starts with {webhooks.PREFIX}"),
        pattern=f"^{webhooks.PREFIX}",
    ),
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
