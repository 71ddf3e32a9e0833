"""Customers, and where they are signed in."""

from dataclasses import dataclass, field

from auction_app.factors.model import ProvedBy


@dataclass(frozen=True, kw_only=True)
class Customer:
    """An account.

    `verification_id`, `password_reset_id` and `address_change_id` are there while their link
    waits to be followed; `welcomed_id` from the first verified address on; `time_zone` is None
    until one is chosen; `terms_version` is of the terms that were accepted last.
    """

    id: str
    name: str
    email: str = field(repr=False)
    locale: str
    email_verified_at_ms: int | None
    verification_id: str | None
    verification_requested_at_ms: int | None
    welcomed_id: str | None = None
    time_zone: str | None = None
    password_reset_id: str | None = field(default=None, repr=False)
    password_reset_at_ms: int | None = None
    address_change_id: str | None = field(default=None, repr=False)
    address_change_to: str | None = field(default=None, repr=False)
    address_change_at_ms: int | None = None
    sign_up_again_id: str | None = field(default=None, repr=False)
    sign_up_again_at_ms: int | None = None
    created_at_ms: int = 0
    moderator: bool = False
    banned_at_ms: int | None = None
    deleted_at_ms: int | None = None
    last_seen_at_ms: int | None = None
    terms_version: str | None = None
    terms_accepted_at_ms: int | None = None

    @property
    def verified(self) -> bool:
        """Whether the account may bid and sell."""
        return self.email_verified_at_ms is not None


@dataclass(frozen=True, kw_only=True)
class Session:
    """A signed-in browser; the cookie's token is known here by its digest only. `unread` is how
    many notices wait for its customer, which every page says."""

    customer: Customer
    expires_at_ms: int
    unread: int
    proved_by: ProvedBy


@dataclass(frozen=True, kw_only=True)
class OpenSession:
    """A session as its owner sees it: `handle` names it, `agent` is what its browser said it is."""

    handle: str
    agent: str
    created_at_ms: int
    current: bool
    proved_by: ProvedBy
