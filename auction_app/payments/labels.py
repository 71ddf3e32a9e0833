"""The visitor's words for payments."""

from auction_app.payments.model import Payment, PaymentStatus
from auction_app.web.i18n import _


def payment_word(payment: Payment | None) -> str:
    """What there is to say of a payment to the buyer who has not paid yet; "" if nothing."""
    if payment is None:
        return ""
    if payment.trouble:
        return _("There is a problem with this payment. We are looking into it.")
    return {
        PaymentStatus.OPEN: _("Your payment is not confirmed yet. This may take a moment."),
        PaymentStatus.FAILED: _("The payment was declined. You have not been charged."),
        PaymentStatus.EXPIRED: _("The payment page has expired. You have not been charged."),
        PaymentStatus.PAID: _("Your payment was received."),
        PaymentStatus.REFUNDING: _("Your payment is being refunded."),
        PaymentStatus.REFUNDED: _("Your payment was refunded."),
    }.get(payment.status, "")


LABELS = (payment_word,)
"""What all templates may call."""
