"""The scopes of a token."""

from enum import StrEnum


class TokenScope(StrEnum):
    """What a token is good for; `admin` for all that the root key is."""

    PUBLISH = "publish"
    SUBSCRIBE = "subscribe"
    MONITOR = "monitor"
    ADMIN = "admin"


# What a client of routemaster could do.
USUAL_SCOPES = frozenset({TokenScope.PUBLISH, TokenScope.SUBSCRIBE, TokenScope.MONITOR})
