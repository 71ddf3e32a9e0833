"""Payouts to sellers, which nobody tells of: the operator notes them. Pure."""

import re
from dataclasses import dataclass

from service_kit.money import Money
from service_kit.url import are_entity_urls

from accounting_service.errors import NotBooked
from accounting_service.model.journal import Account, Journal, Kind, Posting

_URN = "urn:payout:"
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9./_+-]{0,63}", re.ASCII)
OF_PAYOUTS = frozenset({Kind.PAID_OUT, Kind.PAYOUT_RETURNED})


@dataclass(frozen=True, kw_only=True)
class Payout:
    """So much was sent to a seller; `reference` names it at the bank, and is used once."""

    reference: str
    seller_url: str
    amount: Money

    def __post_init__(self) -> None:
        if not _REFERENCE.fullmatch(self.reference):
            raise NotBooked("the reference must be 1 to 64 letters, digits and ./_+-")
        if not are_entity_urls([self.seller_url]):
            raise NotBooked("the seller is named by a URL, as GET /sellers does")
        if self.amount.amount_minor <= 0:
            raise NotBooked(f"{self.amount} is nothing that is paid out")

    @property
    def url(self) -> str:
        """What its journals are of."""
        return _URN + self.reference


def reference_of(journal: Journal) -> str | None:
    """Which payout a journal is of; None where it is of a payment."""
    return journal.payment_url.removeprefix(_URN) if journal.kind in OF_PAYOUTS else None


def journal_of(payout: Payout, kind: Kind, at_ms: int) -> Journal:
    """What it moves; of 22.50:

    | kind            | provider | seller |
    |-----------------|----------|--------|
    | paid-out        | -22.50   | +22.50 |
    | payout-returned | +22.50   | -22.50 |
    """
    sign = 1 if kind is Kind.PAID_OUT else -1
    minor, currency = sign * payout.amount.amount_minor, payout.amount.currency
    sent = Posting(
        account=Account.SELLER,
        amount_minor=minor,
        currency=currency,
        seller_url=payout.seller_url,
    )
    left = Posting(account=Account.PROVIDER, amount_minor=-minor, currency=currency)
    return Journal(payment_url=payout.url, kind=kind, at_ms=at_ms, postings=(sent, left))
