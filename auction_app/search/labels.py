"""The visitor's words for the choices of the search."""

from auction_app.web.i18n import _, plural


def format_label(format: str) -> str:
    """In what way it is sold."""
    return {"auction": _("Bids only"), "buy_now": _("With buy-now")}[format]


def sort_label(sort: str) -> str:
    """In what order a list is."""
    return {
        "best": _("Best match"),
        "ending": _("Ending soon"),
        "newest": _("Newest"),
        "price": _("Lowest price"),
        "price_desc": _("Highest price"),
        "popular": _("Most popular"),
    }[sort]


def within_label(hours: int) -> str:
    """How soon it ends."""
    if hours < 48:
        return plural("Within %(num)d hour", "Within %(num)d hours", hours)
    return plural("Within %(num)d day", "Within %(num)d days", hours // 24)


LABELS = (format_label, sort_label, within_label)
"""What all templates may call."""
