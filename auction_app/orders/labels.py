"""The visitor's words for orders, their steps and their ratings."""

from auction_app.orders.model import OrderStatus
from auction_app.web.i18n import _


def status_word(status: OrderStatus) -> str:
    """How far an order is."""
    return {
        OrderStatus.AGREED: _("Agreed"),
        OrderStatus.PAID: _("Paid"),
        OrderStatus.SHIPPED: _("Sent"),
        OrderStatus.RECEIVED: _("Received"),
        OrderStatus.CANCELLED: _("Cancelled"),
    }[status]


def step_action(status: OrderStatus, side: str) -> str:
    """What the button says with which a side takes a step."""
    if status is OrderStatus.PAID:
        return _("I have paid") if side == "buyer" else _("The money is here")
    return {
        OrderStatus.SHIPPED: _("I have sent it"),
        OrderStatus.RECEIVED: _("I have received it"),
    }.get(status, _("Cancel the order"))


def side_word(side: str) -> str:
    """Who took a step."""
    return {"buyer": _("Buyer"), "seller": _("Seller")}.get(side, _("The house"))


def rating_word(rating: str) -> str:
    """How it went."""
    return {"good": _("Good"), "neutral": _("Neutral"), "bad": _("Bad")}[rating]


LABELS = (status_word, step_action, side_word, rating_word)
"""What all templates may call."""
