"""The visitor's words for the steps of the listing wizard."""

from auction_app.selling.model import Total
from auction_app.web.i18n import _


def step_label(step: str) -> str:
    """What a step of the listing wizard is called."""
    return {
        "item": _("The item"),
        "photos": _("Photos"),
        "price": _("Price"),
        "time": _("Time"),
        "preview": _("Preview"),
    }[step]


def sales_label(state: str) -> str:
    """Which part of one's sales is shown."""
    return {"open": _("Open"), "sold": _("Sold"), "unsold": _("Not sold")}[state]


def sales_total_label(what: Total) -> str:
    """What orders are added up as."""
    return {
        Total.SOLD: _("Sold this month"),
        Total.AWAITING_PAYMENT: _("Awaiting payment"),
        Total.TO_SHIP: _("Paid, to be shipped"),
    }[what]


LABELS = (step_label, sales_label, sales_total_label)
"""What all templates may call."""
