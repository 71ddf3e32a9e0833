"""Who talks to the bus, and what a token is good for."""

from dataclasses import dataclass
from enum import StrEnum


class TokenScope(StrEnum):
    """What a token is good for; `admin` for all that the root key is."""

    PUBLISH = "publish"
    SUBSCRIBE = "subscribe"
    MONITOR = "monitor"
    ADMIN = "admin"


# What a client of routemaster could do.
USUAL_SCOPES = frozenset({TokenScope.PUBLISH, TokenScope.SUBSCRIBE, TokenScope.MONITOR})


@dataclass(frozen=True, slots=True)
class Client:
    """A program that publishes or subscribes. Its tokens may change, its name stays.

    `scopes` are those of the token that it showed.
    """

    id: int
    name: str
    scopes: frozenset[TokenScope] = USUAL_SCOPES
