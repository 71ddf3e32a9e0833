"""What the mailer reads from other services, and what it writes to people."""

from dataclasses import dataclass
from typing import Literal

from service_kit.money import Money

MAX_URL_LENGTH = 1024  # docs/protocol.md: what the bus takes

Kind = str
"""`new-bid`, `outbid`, `won`, `sold`, `unsold`, or `verify-email:<verification id>`."""


@dataclass(frozen=True, kw_only=True)
class Bid:
    """One accepted bid, as it was when it was taken. `price` is the public price right after it."""

    url: str
    outcome: Literal["leading", "outbid", "raised"]
    price: Money
    auction_url: str
    seller_url: str
    outbid_url: str | None


@dataclass(frozen=True, kw_only=True)
class Bidding:
    """The bid book of one auction."""

    url: str
    status: Literal["scheduled", "open", "closed"]
    outcome: Literal["sold", "unsold"] | None
    price: Money | None
    auction_url: str
    seller_url: str
    leader_url: str | None


@dataclass(frozen=True, kw_only=True)
class Auction:
    """What is on sale. Its URL is also its page."""

    url: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Verification:
    """An address waits to be verified by whoever opens `link`."""

    id: str
    link: str


@dataclass(frozen=True, kw_only=True)
class Customer:
    """Somebody with an account."""

    url: str
    name: str
    email: str
    locale: str
    verification: Verification | None


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Somebody is to be told something: the key by which it is told once.

    Not the event's id: the bus may announce one change under two ids. `about_url` is whom the
    text names beside the recipient, `auction_url` None for mails that aren't about an auction.
    """

    entity_url: str
    kind: Kind
    recipient_url: str
    price: Money | None = None
    auction_url: str | None = None
    about_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Letter:
    """All that a mail's text needs, so that sending it late or twice says the same.

    `link` is where its button leads, `title` the auction's, `about` the name of the other party.
    """

    kind: Kind
    name: str
    address: str
    locale: str
    link: str
    title: str | None = None
    price: Money | None = None
    about: str | None = None

    @property
    def template(self) -> str:
        """The kind without the id of what it is about."""
        return self.kind.partition(":")[0]
