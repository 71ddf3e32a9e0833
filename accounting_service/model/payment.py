"""A payment as its owner shows it: nothing is booked of one that can't be right."""

from dataclasses import dataclass
from enum import StrEnum

from bus_drain.fetch import Entity, NotHal
from service_kit.errors import NotAnAmount
from service_kit.money import Money

from accounting_service.errors import NotBooked

LARGEST_MINOR = 10**11
"""No payment beyond this is believed: a thousand million of most currencies."""
_LONGEST_URL = 1024


class Status(StrEnum):
    """How far a payment is."""

    DUE = "due"
    OPEN = "open"
    PAID = "paid"
    REFUNDING = "refunding"
    REFUNDED = "refunded"
    FAILED = "failed"
    EXPIRED = "expired"


_PAID = {Status.PAID, Status.REFUNDING, Status.REFUNDED}


@dataclass(frozen=True, kw_only=True)
class Payment:
    """`paid_at_ms` is None until the money came, `refunded_at_ms` until it went back."""

    url: str
    seller_url: str
    amount: Money
    paid_at_ms: int | None = None
    refunded_at_ms: int | None = None


def payment_from(entity: Entity) -> Payment:
    """Read a payment. Raises NotBooked for what can't be booked, and says why."""
    try:
        status = Status(entity.one_of("status", *(known.value for known in Status)))
        payment = Payment(
            url=entity.link("self"),
            seller_url=entity.link("seller"),
            amount=_amount(entity),
            paid_at_ms=entity.time_ms("paid_at_ms") if status in _PAID else None,
            refunded_at_ms=(
                entity.time_ms("refunded_at_ms") if status is Status.REFUNDED else None
            ),
        )
    except NotHal as error:
        raise NotBooked(f"is no payment: {error}") from error
    if max(len(payment.url), len(payment.seller_url)) > _LONGEST_URL:
        raise NotBooked("has a URL that is too long")
    return payment


def _amount(entity: Entity) -> Money:
    try:
        amount = Money.parse(entity.get("amount"))
    except NotAnAmount as error:
        raise NotBooked(f"amount: {error}") from error
    if not 0 < amount.amount_minor <= LARGEST_MINOR:
        raise NotBooked(f"amount: {amount} is none that anybody pays")
    return amount
