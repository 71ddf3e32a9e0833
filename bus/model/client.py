"""Who talks to the bus, and what a token is good for."""

from dataclasses import dataclass, field
from typing import Annotated

import msgspec
from service_kit.topic import TOPIC_NAME

from bus.model.token_scope import USUAL_SCOPES, TokenScope
from bus.wire_rules import complaint


@dataclass(frozen=True, slots=True)
class Client:
    """A program that publishes or subscribes. Its tokens may change, its name stays.

    `scopes` are those of the token that it showed, `token_id` says which that was.
    """

    id: int
    name: str
    scopes: frozenset[str] = USUAL_SCOPES
    token_id: int = field(default=0, compare=False)


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


MIN_TOKEN_CHARACTERS = 16
TOKEN_RULE = f"a token is {MIN_TOKEN_CHARACTERS} to 255 visible ASCII characters without a colon"
"""It is the user name of Basic credentials."""

ChosenToken = Annotated[
    str,
    complaint(TOKEN_RULE, pattern=rf"^[\x21-\x39\x3b-\x7e]{{{MIN_TOKEN_CHARACTERS},255}}\Z"),
]


_LONGEST_ID = MIN_TOKEN_CHARACTERS - 1


def is_token_id(text: str) -> bool:
    """Whether this is the id of a token: a number too short to be a token itself."""
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID


class NewToken(msgspec.Struct):
    """What a token is asked for with; without `scopes` it publishes, subscribes and monitors,
    without a `token` one is made."""

    name: ClientName
    scopes: Scopes | None = None
    token: ChosenToken | None = None


@dataclass(frozen=True, slots=True)
class KnownToken:
    """A token as it is listed: `id` names it, for it is never shown again.

    `last_used_at_ms` is right to the minute; None: it was not used since that is written down.
    """

    id: int
    name: str
    scopes: tuple[str, ...]
    created_at_ms: int
    last_used_at_ms: int | None
