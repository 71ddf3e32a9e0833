"""What is told to whom: a notice says that, a letter how it reads."""

from dataclasses import dataclass

from service_kit.money import Money

from mailer_service.model.entities import Side
from mailer_service.model.kinds import Kind, kind_of


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Somebody is to be told something: the key by which it is told once, and what only the
    entity at `entity_url` knew.

    Not the event's id: the bus may announce one change under two ids. `kind` is a kind's name,
    followed by `:` and an id where one entity may ask for the same kind again. `about_url` is
    whom the text names beside the recipient, `auction_url` None for mails that aren't about an
    auction. `address` is set where the mail goes to an address that the account no longer has
    by the time it is written. After `until_ms` the mail would be pointless.
    """

    entity_url: str
    kind: str
    recipient_url: str
    price: Money | None = None
    auction_url: str | None = None
    about_url: str | None = None
    is_reserve_missed: bool = False
    is_bought_at_once: bool = False
    address: str | None = None
    text: str | None = None
    side: Side | None = None
    link: str | None = None
    until_ms: int | None = None


@dataclass(frozen=True, kw_only=True)
class Letter:
    """All that a mail's text needs, so that sending it late or twice says the same.

    `link` is where its button leads, `title` the auction's, `about` the name of the other party,
    `text` somebody's own words, `items` what a summary sums up (`count` in all, of which it
    holds the first). Of what the bus tells, `title` is the subscription, which was so since
    `since_ms` and until `ended_ms`, for a `reason`; `count` of something are concerned.
    """

    kind: str
    name: str
    address: str
    locale: str
    link: str
    time_zone: str = "UTC"
    title: str | None = None
    price: Money | None = None
    about: str | None = None
    text: str | None = None
    side: Side | None = None
    is_reserve_missed: bool = False
    is_bought_at_once: bool = False
    until_ms: int | None = None
    preferences: str | None = None
    unsubscribe: str | None = None
    items: tuple["Letter", ...] = ()
    count: int = 0
    since_ms: int | None = None
    ended_ms: int | None = None
    reason: str | None = None

    @property
    def about_kind(self) -> Kind:
        """What kind of mail it is."""
        return kind_of(self.kind)


@dataclass(frozen=True)
class Envelope:
    """Who sends, who gets it, and the whole message as bytes with CRLF."""

    sender: str
    recipient: str
    content: bytes
