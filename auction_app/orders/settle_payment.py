"""What an order makes of its payment: the house sets it to paid, or has the money given back."""

from service_kit.logs import get_logger

from auction_app.db.unit_of_work import UnitOfWork
from auction_app.orders.model import GIVEN_BACK, UNPAID_YET, Order, OrderStatus
from auction_app.orders.outcomes import OrderAdvanced
from auction_app.orders.repository import orders
from auction_app.payments import repository as payments
from auction_app.payments.model import Payment, PaymentStatus
from auction_app.payments.move_payment import give_back

log = get_logger(__name__)


def unsettled_payments(act: UnitOfWork) -> list[str]:
    """The URLs of payments that were made, and whose order has not taken its step: nobody may have
    told of them."""
    unpaid = (*UNPAID_YET, OrderStatus.CANCELLED)
    found = orders.paid_without_a_step(act.conn, unpaid, order_url=act.urls.order(""))
    return [act.urls.payment(payment_id) for payment_id in found]


def settle_payment(act: UnitOfWork, payment_url: str) -> None:
    """Look at a payment, and take the step that follows. May be repeated, in any order: it is the
    payment as it is now that counts."""
    payment = payments.by_id(act.conn, act.urls.payment_id(payment_url) or "")
    if payment is None or payment.status is not PaymentStatus.PAID:
        return
    order = orders.locked(act.conn, act.urls.order_id(payment.order_url) or "")
    if order is None:
        return
    if order.status in GIVEN_BACK:
        give_back(act, payment)
    elif order.status in UNPAID_YET:
        _set_paid(act, order, payment)


def _set_paid(act: UnitOfWork, order: Order, payment: Payment) -> None:
    if order.total != payment.amount:
        log.error("payment is a dead letter", payment=payment.id, order=order.id, trouble="order")
        payments.set_trouble(act.conn, payment.id, "order")
        return
    with act.performing(OrderAdvanced(order, OrderStatus.PAID, by_id=None)):
        orders.set_status(act.conn, order, OrderStatus.PAID, by="house", now_ms=act.now_ms)
