"""What somebody may prove with who they are, and what is told when that changes."""

from dataclasses import dataclass, field
from typing import Literal

ProvedBy = Literal["password", "code", "passkey"]
"""How a session was opened: by the password alone, by it and a second factor, by a passkey alone or
as the second factor."""

What = Literal[
    "two-factor-on",
    "two-factor-off",
    "codes-renewed",
    "recovery-code-used",
    "passkey-added",
    "passkey-removed",
    "second-factors-reset",
    "app-unreadable",
]
"""What may change about how somebody signs in (docs/protocol.md, customers)."""

MOST_PASSKEYS = 20


@dataclass(frozen=True, kw_only=True)
class AppFactor:
    """An app that shows codes. The secret that both know is sealed for the one account;
    `last_step` is the step of the last code that was taken, for a code is good once."""

    customer_id: str
    sealed_secret: str = field(repr=False)
    since_ms: int
    last_step: int


@dataclass(frozen=True, kw_only=True)
class Passkey:
    """A key pair whose private half a device of the customer's holds: `credential_id` and
    `public_key` (COSE) in base64url, `sign_count` as the device counted last."""

    id: str
    customer_id: str
    credential_id: str = field(repr=False)
    public_key: str = field(repr=False)
    sign_count: int
    name: str
    created_at_ms: int
    last_used_at_ms: int | None = None


@dataclass(frozen=True, kw_only=True)
class SignInChange:
    """Something changed about how a customer signs in; its mail is sent once by `id`."""

    id: str
    what: What
    at_ms: int
