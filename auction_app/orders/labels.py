"""The visitor's words for orders, their steps and their ratings."""

from auction_app.orders.countries import country_word
from auction_app.orders.model import OrderStatus, Request
from auction_app.web.i18n import _


def status_word(status: OrderStatus) -> str:
    """How far an order is."""
    return {
        OrderStatus.AGREED: _("Order placed"),
        OrderStatus.UNPAID: _("Not paid in time"),
        OrderStatus.PAID: _("Paid"),
        OrderStatus.SHIPPED: _("Shipped"),
        OrderStatus.RECEIVED: _("Received"),
        OrderStatus.SENT_BACK: _("Sent back"),
        OrderStatus.RETURNED: _("Returned"),
        OrderStatus.CANCELLED: _("Cancelled"),
    }[status]


def because_word(because: str) -> str:
    """Why the house took a step."""
    return {
        "seller-closed": _("We have closed the seller's account. Please don't pay any more."),
        "buyer-closed": _("The buyer's account is closed, so nobody will pay."),
    }[because]


def step_action(status: OrderStatus, side: str) -> str:
    """What the button says with which a side takes a step."""
    if status is OrderStatus.PAID:
        return _("I have paid") if side == "buyer" else _("Payment received")
    return {
        OrderStatus.SHIPPED: _("I have shipped it"),
        OrderStatus.RECEIVED: _("I have received it"),
        OrderStatus.SENT_BACK: _("I have sent it back"),
        OrderStatus.RETURNED: _("I have it back"),
        OrderStatus.CANCELLED: _("Cancel the order"),
    }[status]


def ask_action(kind: str) -> str:
    """What one side can ask of the other."""
    return {"cancel": _("Ask to cancel the order"), "return": _("Ask to return the item")}[kind]


def asked_word(request: Request) -> str:
    """What was asked, and what came of it."""
    declined, accepted = request.answer == "decline", request.answer == "accept"
    if request.kind == "cancel":
        return _("Cancellation declined") if declined else _("Cancellation requested")
    if accepted:
        return _("Return accepted")
    return _("Return declined") if declined else _("Return requested")


def request_word(kind: str, name: str) -> str:
    """What the other side wants, for whoever has to answer."""
    if kind == "return":
        return _("%(name)s asks to return the item:", name=name)
    return _("%(name)s asks to cancel the order:", name=name)


def side_word(side: str) -> str:
    """Who took a step."""
    return {"buyer": _("Buyer"), "seller": _("Seller")}.get(side, "Gavel")


def waiting_word(side: str) -> str:
    """Whose turn it is when it is not this side's."""
    return _("Waiting for the seller.") if side == "buyer" else _("Waiting for the buyer.")


def noted_word(side: str) -> str:
    """What a side is told that has taken a step."""
    if side == "buyer":
        return _("Saved. The seller has been notified.")
    return _("Saved. The buyer has been notified.")


def sent_word(side: str) -> str:
    """What a side is told that has written to the other."""
    if side == "buyer":
        return _("Your message is with the seller.")
    return _("Your message is with the buyer.")


def rating_word(rating: str) -> str:
    """How it went."""
    return {"good": _("Good"), "neutral": _("Neutral"), "bad": _("Bad")}[rating]


LABELS = (
    country_word,
    status_word,
    because_word,
    step_action,
    ask_action,
    asked_word,
    request_word,
    side_word,
    waiting_word,
    rating_word,
)
"""What all templates may call."""
