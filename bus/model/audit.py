"""The audit: who did what to what, when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

ActName = Literal[
    "attempt.resend",
    "dead-letters.redrive",
    "parked.retry",
    "subscription.delete",
    "subscription.pause",
    "subscription.put",
    "subscription.resume",
    "subscription.secret",
    "subscription.seek",
    "subscription.test",
    "token.create",
    "token.revoke",
    "topic.delete",
    "topic.give",
    "topic.put",
    "topology.declare",
    "log.restored",
]
"""All that is on record."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who acts: a client, or None for who runs the bus; `by` names the token, the root key or the
    shell, and is no secret."""

    client: str | None
    by: str


SHELL = Caller(None, "shell")


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does: `act` on `on`, which belongs to `owner` (None: to who runs the bus).

    `details` hold no secrets.
    """

    caller: Caller
    act: ActName
    on: str
    owner: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """An act as it is kept."""

    id: int
    at_ms: int
    client: str | None
    by: str
    act: str
    on: str
    owner: str | None
    details: Mapping[str, Any]
