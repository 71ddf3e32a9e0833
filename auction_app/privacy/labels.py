"""The visitor's words for what keeps an account from being deleted."""

from auction_app.web.i18n import _


def obstacle_word(obstacle: str) -> str:
    """Why an account can't be deleted yet."""
    return {
        "selling": _("Somebody has bid on an item of yours that has not ended."),
        "leading": _(
            "You are the highest bidder in an auction that has not ended, or could still win it."
        ),
        "orders": _("An order of yours is not finished."),
        "bidding": _(
            "A bid, purchase or offer of yours is on its way. Try again in a few minutes."
        ),
        "offers": _("A second chance offer that you made or were made is still open."),
        "listing": _("An item of yours cannot be called off right now. Try again in a minute."),
    }[obstacle]


LABELS = (obstacle_word,)
"""What all templates may call."""
