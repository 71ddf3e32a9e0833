"""What a receipt says, before it is put into words."""

from dataclasses import dataclass
from typing import Literal

from auction_app.orders.model import GIVEN_BACK, Order, OrderStatus, Side, Step
from auction_app.payments.model import Payment, PaymentStatus


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """An order that was paid. `noted_by` is the side that says so, None where the provider took
    the money; `refund` is what the house gives back, and `refunded_at_ms` None until it has;
    `undone` is the step that ended the sale, if one did."""

    order: Order
    paid_at_ms: int
    noted_by: Side | None
    refund: Literal["refunding", "refunded"] | None = None
    refunded_at_ms: int | None = None
    undone: Step | None = None


def receipt_of(order: Order, payment: Payment | None) -> Receipt | None:
    """The receipt of an order; None while nobody has paid what it costs.

    | payment                       | step paid | receipt                     |
    |-------------------------------|-----------|-----------------------------|
    | paid, of the order's total    |           | paid through the house      |
    | refunding, refunded, likewise |           | and given back              |
    | none, or anything else        | taken     | paid as that side noted     |
    | none, or anything else        |           | none                        |
    """
    undone = next((step for step in order.steps if step.status in GIVEN_BACK), None)
    if payment is not None and payment.is_paid and payment.amount == order.total:
        assert payment.paid_at_ms is not None
        return Receipt(
            order=order,
            paid_at_ms=payment.paid_at_ms,
            noted_by=None,
            refund=_REFUNDS.get(payment.status),
            refunded_at_ms=payment.refunded_at_ms,
            undone=undone,
        )
    step = next((step for step in order.steps if step.status is OrderStatus.PAID), None)
    if step is None:
        return None
    return Receipt(order=order, paid_at_ms=step.at_ms, noted_by=step.by, undone=undone)


_REFUNDS: dict[PaymentStatus, Literal["refunding", "refunded"]] = {
    PaymentStatus.REFUNDING: "refunding",
    PaymentStatus.REFUNDED: "refunded",
}
