"""What a seller is shown of a journal."""

from dataclasses import dataclass

from service_kit.money import Money

from accounting_service.model.journal import Account, Journal, Kind
from accounting_service.model.payout import reference_of


@dataclass(frozen=True, kw_only=True)
class Line:
    """What the buyer paid, our fee of that, and what is left for the seller; all of them below zero
    where it went back. A payout has its `reference` and takes from what is owed, without a fee."""

    payment_url: str
    reference: str | None
    kind: Kind
    at_ms: int
    amount: Money
    fee: Money
    net: Money


def line_of(journal: Journal, seller_url: str) -> Line:
    """A journal as a line of its seller's statement; pure."""
    (currency,) = {one.currency for one in journal.postings}
    net = -sum(one.amount_minor for one in journal.postings if one.seller_url == seller_url)
    fee = -sum(one.amount_minor for one in journal.postings if one.account is Account.FEES)
    return Line(
        payment_url=journal.payment_url,
        reference=reference_of(journal),
        kind=journal.kind,
        at_ms=journal.at_ms,
        amount=Money(net + fee, currency),
        fee=Money(fee, currency),
        net=Money(net, currency),
    )
