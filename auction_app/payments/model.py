"""Payments, and the visits to the provider's page by which they are made."""

from dataclasses import dataclass
from enum import StrEnum

from service_kit.money import Money


class PaymentStatus(StrEnum):
    """How far a payment is."""

    DUE = "due"
    OPEN = "open"
    PAID = "paid"
    REFUNDING = "refunding"
    REFUNDED = "refunded"
    FAILED = "failed"
    EXPIRED = "expired"


_NEXT: dict[PaymentStatus, frozenset[PaymentStatus]] = {
    PaymentStatus.DUE: frozenset({PaymentStatus.OPEN, PaymentStatus.PAID}),
    PaymentStatus.OPEN: frozenset(
        {PaymentStatus.PAID, PaymentStatus.FAILED, PaymentStatus.EXPIRED}
    ),
    PaymentStatus.FAILED: frozenset({PaymentStatus.PAID, PaymentStatus.EXPIRED}),
    PaymentStatus.EXPIRED: frozenset({PaymentStatus.OPEN, PaymentStatus.PAID}),
    PaymentStatus.PAID: frozenset({PaymentStatus.REFUNDING}),
    PaymentStatus.REFUNDING: frozenset({PaymentStatus.REFUNDED}),
    PaymentStatus.REFUNDED: frozenset(),
}


def may_become(now: PaymentStatus, wanted: PaymentStatus) -> bool:
    """Whether a payment moves that way: forward only. What is paid is never unpaid, only given
    back.

    | from      | to                    |
    |-----------|-----------------------|
    | due       | open, paid            |
    | open      | paid, failed, expired |
    | failed    | paid, expired         |
    | expired   | open (anew), paid     |
    | paid      | refunding             |
    | refunding | refunded              |
    """
    return wanted in _NEXT[now]


@dataclass(frozen=True, kw_only=True)
class Payment:
    """What one order's buyer owes or has paid. `trouble` is why people must look at it: what the
    provider took is not what was asked for, or it could not give it back. `paid_at_ms` and
    `refunded_at_ms` are None until it was."""

    id: str
    order_url: str
    auction_id: str
    buyer_id: str
    seller_id: str
    amount: Money
    status: PaymentStatus
    trouble: str | None = None
    paid_at_ms: int | None = None
    refunded_at_ms: int | None = None

    @property
    def is_paid(self) -> bool:
        """Whether the money came, even if it went back since."""
        return self.status in {
            PaymentStatus.PAID,
            PaymentStatus.REFUNDING,
            PaymentStatus.REFUNDED,
        }


class CheckoutStatus(StrEnum):
    """How far a visit to the provider's page is; closing: the provider is asked to let nobody pay
    there any more."""

    OPEN = "open"
    CLOSING = "closing"
    PAID = "paid"
    EXPIRED = "expired"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


@dataclass(frozen=True, kw_only=True)
class Checkout:
    """One visit to the provider's page for a payment; its `id` is the idempotency key there.
    `provider_id` and `url` are None until the provider has answered, `charge_id` until it took
    money."""

    id: str
    payment_id: str
    status: CheckoutStatus
    created_at_ms: int
    provider_id: str | None = None
    url: str | None = None
    charge_id: str | None = None
    trouble: str | None = None
    failures: int = 0
    look_at_ms: int | None = None

    @property
    def is_undecided(self) -> bool:
        """Whether somebody may have paid at it."""
        return self.status in {CheckoutStatus.OPEN, CheckoutStatus.CLOSING}


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A checkout as the provider has it: `amount_minor` in its units of `currency`. `declined`:
    somebody tried to pay, and could not."""

    status: CheckoutStatus
    amount_minor: int
    currency: str
    charge_id: str | None = None
    declined: bool = False


@dataclass(frozen=True)
class Moves:
    """What follows from a look: None is left as it is."""

    checkout: CheckoutStatus | None = None
    payment: PaymentStatus | None = None
    trouble: str | None = None


def decide(payment: Payment, checkout: Checkout, seen: Seen, expected_minor: int) -> Moves:
    """What becomes of an open or closing checkout, and of its payment, after the provider was
    asked.

    | provider says               | checkout  | payment                          |
    |-----------------------------|-----------|----------------------------------|
    | open                        |           |                                  |
    | open, declined              |           | failed, if it was open           |
    | expired                     | expired   | expired, if it was open or failed|
    | paid                        | paid      | paid                             |
    | paid, and it was paid before| refunding |                                  |
    | paid another amount         |           | trouble                          |
    """
    if not checkout.is_undecided:
        return Moves()
    if seen.status is CheckoutStatus.PAID:
        return _of_paid(payment, seen, expected_minor)
    if seen.status is CheckoutStatus.EXPIRED:
        return Moves(CheckoutStatus.EXPIRED, _if_possible(payment, PaymentStatus.EXPIRED))
    return Moves(payment=_if_possible(payment, PaymentStatus.FAILED) if seen.declined else None)


def _of_paid(payment: Payment, seen: Seen, expected_minor: int) -> Moves:
    if seen.currency != payment.amount.currency:
        return Moves(trouble="currency")
    if seen.amount_minor != expected_minor:
        return Moves(trouble="amount")
    if payment.is_paid:
        return Moves(CheckoutStatus.REFUNDING)
    return Moves(CheckoutStatus.PAID, PaymentStatus.PAID)


def _if_possible(payment: Payment, wanted: PaymentStatus) -> PaymentStatus | None:
    return wanted if may_become(payment.status, wanted) else None
