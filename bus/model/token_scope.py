"""The scopes of a token."""

from collections.abc import Collection
from enum import StrEnum


class TokenScope(StrEnum):
    """What a token is good for; `admin` for all that the root key is. `publish:bids` is `publish`
    to that topic only; `monitor:all` is `monitor` of what is everybody's."""

    PUBLISH = "publish"
    SUBSCRIBE = "subscribe"
    MONITOR = "monitor"
    MONITOR_ALL = "monitor:all"
    ADMIN = "admin"


# What a client of routemaster could do.
USUAL_SCOPES = frozenset({TokenScope.PUBLISH, TokenScope.SUBSCRIBE, TokenScope.MONITOR})


def is_good_for(scope: TokenScope, scopes: Collection[str], topic: str | None = None) -> bool:
    """Whether a token with these scopes may do what needs one; of `publish`, to a topic.

    | scopes         | publish to `bids` | publish to `offers` | subscribe |
    |----------------|-------------------|---------------------|-----------|
    | `publish`      | yes               | yes                 | no        |
    | `publish:bids` | yes               | no                  | no        |
    | `subscribe`    | no                | no                  | yes       |
    | `admin`        | yes               | yes                 | yes       |
    """
    if scope is TokenScope.MONITOR and TokenScope.MONITOR_ALL in scopes:
        return True
    return scope in scopes or f"{scope}:{topic}" in scopes or TokenScope.ADMIN in scopes


def sees_all(scopes: Collection[str]) -> bool:
    """Whether a token with these scopes sees what is everybody's."""
    return TokenScope.MONITOR_ALL in scopes or TokenScope.ADMIN in scopes
