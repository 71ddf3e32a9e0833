"""From a notice and what was fetched for it to a letter: pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from service_kit.money import Money

from mailer_service.model.entities import Auction, Customer, PendingRequest
from mailer_service.model.kinds import DIGEST, kind_of
from mailer_service.model.mails import Letter, Notice

MOST_ITEMS = 50
"""A summary shows so many of what it sums up, and counts the rest."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a letter needs beside its notice: `auction` that it is about, `about` the other party's
    name (None where there is none), `home_url` of the auction house."""

    recipient: Customer
    auction: Auction | None
    about: str | None
    home_url: str


def compose_letter(notice: Notice, facts: Facts) -> Letter | None:
    """The letter that tells the notice; None when what it is about waits no more."""
    recipient = facts.recipient
    link = _link(notice, facts)
    if link is None:
        return None
    switch = kind_of(notice.kind).switch
    return Letter(
        kind=notice.kind,
        name=recipient.name if _is_proven(notice, recipient) else "",
        address=notice.address or recipient.email,
        locale=recipient.locale,
        time_zone=recipient.time_zone,
        link=link,
        title=facts.auction.title if facts.auction else None,
        price=notice.price,
        about=facts.about,
        text=notice.text,
        side=notice.side,
        is_reserve_missed=notice.is_reserve_missed,
        is_bought_at_once=notice.is_bought_at_once,
        until_ms=notice.until_ms,
        preferences=recipient.preferences,
        unsubscribe=unsubscribe_link(recipient, switch) if switch else None,
    )


def _is_proven(notice: Notice, recipient: Customer) -> bool:
    """Whether the mail goes to an address that the recipient has shown to be their own. To any
    other nothing is written that its account could have written: a name would make us carry
    whatever somebody wants to tell a stranger."""
    own = notice.address is None or notice.address == recipient.email
    return recipient.email_verified and own


def sum_up(blank: Letter, recipient: Customer, held: Sequence[Letter]) -> Letter | None:
    """A summary of those that the recipient still wants to hear; None when none is left."""
    wanted = [letter for letter in held if _is_wanted(letter, recipient)]
    if not wanted:
        return None
    prices = [letter.price for letter in wanted if letter.price]
    is_digest = blank.about_kind.name == DIGEST
    return replace(
        blank,
        count=len(wanted),
        price=None if is_digest else _highest(prices),
        items=tuple(wanted[:MOST_ITEMS]) if is_digest else (),
        unsubscribe=_unsubscribe_all(recipient, wanted),
    )


def unsubscribe_link(recipient: Customer, switches: str) -> str | None:
    """Where one click switches these kinds off (docs/protocol.md: a template with `kind`)."""
    if recipient.unsubscribe is None:
        return None
    return recipient.unsubscribe.replace("{kind}", switches)


def _unsubscribe_all(recipient: Customer, letters: Sequence[Letter]) -> str | None:
    switches = {switch for letter in letters if (switch := letter.about_kind.switch)}
    return unsubscribe_link(recipient, ",".join(sorted(switches)))


def _is_wanted(letter: Letter, recipient: Customer) -> bool:
    return recipient.notices.get(letter.about_kind.switch or "") != "off"


def _highest(prices: Sequence[Money]) -> Money | None:
    return max(prices, key=lambda price: price.amount_minor, default=None)


def _link(notice: Notice, facts: Facts) -> str | None:
    """Where the mail leads; None when its request was met, or made anew, meanwhile."""
    recipient = facts.recipient
    name, _, request_id = notice.kind.partition(":")
    waiting: dict[str, PendingRequest | None] = {
        "verify-email": recipient.verification,
        "password-reset": recipient.password_reset,
        "confirm-address": recipient.address_change,
        "account-exists": recipient.signed_up_again,
    }
    if name in waiting:
        request = waiting[name]
        return request.link if request and request.id == request_id else None
    if name == "address-warning":
        return recipient.preferences or facts.home_url
    return notice.link or _page_of(name, facts.auction) or notice.auction_url or facts.home_url


def _page_of(kind: str, auction: Auction | None) -> str | None:
    """Where the reader of such a mail goes on, if that is not the item's page."""
    if auction is None:
        return None
    pages = {
        "won": auction.order_page,
        "sold": auction.order_page,
        "second-chance": auction.offer_page,
    }
    return pages.get(kind)
