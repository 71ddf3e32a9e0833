"""Who talks to the bus, and what a token is good for."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from service_kit.topic import TOPIC_NAME

from bus.model.token_scope import USUAL_SCOPES, TokenScope
from bus.wire_rules import complaint


@dataclass(frozen=True, slots=True)
class Client:
    """A program that publishes or subscribes. Its tokens may change, its name stays.

    `scopes` are those of the token that it showed.
    """

    id: int
    name: str
    scopes: frozenset[str] = USUAL_SCOPES


ClientName = Annotated[
    str,
    complaint(
        "a name is 1 to 64 letters, digits, dots, dashes and underscores",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z",
    ),
]
_SCOPES = f"the scopes of a token are 1 to 100 of {', '.join(TokenScope)}, publish:TOPIC"
_Scope = Annotated[
    str,
    complaint(_SCOPES, pattern=rf"^({'|'.join(TokenScope)}|{TokenScope.PUBLISH}:{TOPIC_NAME})\Z"),
]
Scopes = Annotated[list[_Scope], complaint(_SCOPES, min_length=1, max_length=100)]


class NewToken(msgspec.Struct):
    """What a token is asked for with; without `scopes` it publishes, subscribes and monitors."""

    name: ClientName
    scopes: Scopes | None = None
