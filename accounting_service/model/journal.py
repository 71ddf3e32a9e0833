"""Double entry: a journal's postings add up to zero."""

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

from accounting_service.errors import Unbalanced


class Account(StrEnum):
    """What is posted to. A sum above zero is what we have or have spent, one below zero what we
    owe or have earned."""

    PROVIDER = "provider"
    """What the payment provider holds for us, or has passed on to our bank: both pay sellers."""
    SELLER = "seller"
    """What we owe sellers, each by its URL."""
    FEES = "fees"
    """Our commission."""
    PROVIDER_COSTS = "provider-costs"
    """What the provider keeps for its work."""


class Kind(StrEnum):
    """What happened. A payment has one journal of each of the first two at most, a payout of the
    others."""

    PAID = "paid"
    REFUNDED = "refunded"
    PAID_OUT = "paid-out"
    PAYOUT_RETURNED = "payout-returned"


@dataclass(frozen=True, kw_only=True)
class Posting:
    """One line: so many minor units of a currency, to an account. `seller_url` is whose, of the
    account `seller`."""

    account: Account
    amount_minor: int
    currency: str
    seller_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class Journal:
    """What one event moved, whole. `payment_url` is that of a payout where it was one."""

    payment_url: str
    kind: Kind
    at_ms: int
    postings: tuple[Posting, ...]


def check_balanced(journal: Journal) -> None:
    """Raise Unbalanced unless its postings add up to zero in each currency."""
    sums: dict[str, int] = defaultdict(int)
    for one in journal.postings:
        sums[one.currency] += one.amount_minor
    left = ", ".join(f"{minor} {currency}" for currency, minor in sums.items() if minor)
    if left or not sums:
        raise Unbalanced(f"{journal.payment_url} {journal.kind}: is off by {left or 'everything'}")
