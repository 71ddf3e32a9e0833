"""The visitor's language for the fixed choices of listings and of the search."""

from flask import Flask

from auction_app.views.language import _, plural


def install_labels(app: Flask) -> None:
    """Let templates name choices."""
    app.jinja_env.globals.update(
        {
            label.__name__: label
            for label in (
                category_label,
                condition_label,
                returns_label,
                format_label,
                sort_label,
                within_label,
            )
        }
    )


def category_label(category: str) -> str:
    """A category."""
    return {
        "art": _("Art"),
        "books": _("Books"),
        "cameras": _("Cameras"),
        "clothing": _("Clothing"),
        "collectables": _("Collectables"),
        "electronics": _("Electronics"),
        "home": _("Home and garden"),
        "instruments": _("Instruments"),
        "jewellery": _("Jewellery and watches"),
        "sports": _("Sports"),
        "toys": _("Toys and games"),
        "vehicles": _("Vehicles"),
    }.get(category, _("Everything else"))


def condition_label(condition: str) -> str:
    """In what state an item is."""
    return {
        "new": _("New"),
        "like_new": _("Like new"),
        "used": _("Used"),
        "worn": _("Worn"),
        "for_parts": _("For parts"),
    }[condition]


def returns_label(returns: str) -> str:
    """Whether a buyer may send an item back."""
    return {
        "none": _("No returns"),
        "14_days": _("Within 14 days"),
        "30_days": _("Within 30 days"),
    }[returns]


def format_label(format: str) -> str:
    """Auction only, or also at once."""
    return {"auction": _("Auction only"), "buy_now": _("With buy-now")}[format]


def sort_label(sort: str) -> str:
    """In which order results come."""
    return {
        "ending": _("Ending soon first"),
        "newest": _("Newest first"),
        "price": _("Cheapest first"),
        "price_desc": _("Most expensive first"),
        "popular": _("Most bids first"),
    }[sort]


def within_label(hours: int | str) -> str:
    """How soon it ends."""
    hours = int(hours)
    if hours < 24:
        return plural("Within %(num)d hour", "Within %(num)d hours", hours)
    return plural("Within %(num)d day", "Within %(num)d days", hours // 24)
