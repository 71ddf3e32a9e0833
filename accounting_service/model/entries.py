"""What is booked of a payment."""

from collections.abc import Sequence
from dataclasses import replace

from accounting_service.model.journal import Account, Journal, Kind, Posting
from accounting_service.model.payment import Payment
from accounting_service.model.rates import Rate, rate_at, share


def entries_of(payment: Payment, rates: Sequence[Rate]) -> tuple[Journal, ...]:
    """The journals of a payment as it is now; pure. Of 25.00 at 10 % and 1.5 % + 0.25:

    | payment is    | provider       | seller  | fees   | provider-costs |
    |---------------|----------------|---------|--------|----------------|
    | not paid      |                |         |        |                |
    | paid          | +25.00, -0.63  | -22.50  | -2.50  | +0.63          |
    | refunded, too | -25.00         | +22.50  | +2.50  |                |

    The provider gives back nothing of its costs.
    """
    if payment.paid_at_ms is None:
        return ()
    rate = rate_at(rates, payment.paid_at_ms)
    sale = _sale(payment, rate)
    paid = _journal(payment, Kind.PAID, payment.paid_at_ms, sale + _costs(payment, rate))
    if payment.refunded_at_ms is None:
        return (paid,)
    back = tuple(replace(one, amount_minor=-one.amount_minor) for one in sale)
    return paid, _journal(payment, Kind.REFUNDED, payment.refunded_at_ms, back)


def _sale(payment: Payment, rate: Rate) -> tuple[Posting, ...]:
    amount, currency = payment.amount.amount_minor, payment.amount.currency
    fee = share(amount, rate.commission)
    return (
        Posting(account=Account.PROVIDER, amount_minor=amount, currency=currency),
        Posting(
            account=Account.SELLER,
            amount_minor=fee - amount,
            currency=currency,
            seller_url=payment.seller_url,
        ),
        Posting(account=Account.FEES, amount_minor=-fee, currency=currency),
    )


def _costs(payment: Payment, rate: Rate) -> tuple[Posting, ...]:
    currency = payment.amount.currency
    costs = share(payment.amount.amount_minor, rate.costs) + rate.costs_minor
    return (
        Posting(account=Account.PROVIDER_COSTS, amount_minor=costs, currency=currency),
        Posting(account=Account.PROVIDER, amount_minor=-costs, currency=currency),
    )


def _journal(payment: Payment, kind: Kind, at_ms: int, postings: tuple[Posting, ...]) -> Journal:
    moved = tuple(one for one in postings if one.amount_minor)
    return Journal(payment_url=payment.url, kind=kind, at_ms=at_ms, postings=moved)
