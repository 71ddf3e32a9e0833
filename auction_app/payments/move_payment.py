"""Move a payment on, and tell the world."""

from auction_app.db.unit_of_work import UnitOfWork
from auction_app.payments import repository as payments
from auction_app.payments.model import CheckoutStatus, Payment, PaymentStatus, may_become


def move_payment(act: UnitOfWork, payment: Payment, status: PaymentStatus) -> None:
    """Set it to a status that it may have next; any other is left out. May be repeated."""
    if may_become(payment.status, status):
        payments.set_status(act.conn, payment.id, status, now_ms=act.now_ms)
        act.announce("payments", "update", act.urls.payment(payment.id))


def close_checkouts(act: UnitOfWork, payment: Payment) -> None:
    """Have the provider let nobody pay any more. May be repeated."""
    payments.locked(act.conn, payment.id)
    payments.close_open_checkouts(act.conn, payment.id, now_ms=act.now_ms)


def give_back(act: UnitOfWork, payment: Payment) -> None:
    """Have what was paid refunded, if it was. May be repeated."""
    paid = payments.paid_checkout_of(act.conn, payment.id)
    if paid is None or payment.status is not PaymentStatus.PAID:
        return
    refunding = CheckoutStatus.REFUNDING.value
    payments.change_checkout(act.conn, paid.id, status=refunding, look_at_ms=act.now_ms)
    move_payment(act, payment, PaymentStatus.REFUNDING)
