"""The visitor's words for the fixed choices of a listing and of the search."""

from flask import Flask

from auction_app.views.language import _, plural


def install_choices(app: Flask) -> None:
    """The names that templates may use."""
    for label in (category_label, condition_label, returns_label, format_label, sort_label):
        app.add_template_global(label)
    app.add_template_global(within_label)
    app.add_template_global(step_label)
    app.add_template_global(state_label)


def category_label(category: str) -> str:
    """What a category is called."""
    return {
        "art": _("Art"),
        "books": _("Books"),
        "cameras": _("Cameras"),
        "clothing": _("Clothing"),
        "collectables": _("Collectables"),
        "electronics": _("Electronics"),
        "home": _("Home and garden"),
        "instruments": _("Musical instruments"),
        "jewellery": _("Jewellery and watches"),
        "sports": _("Sports and bicycles"),
        "toys": _("Toys and games"),
        "vehicles": _("Vehicles"),
        "other": _("Everything else"),
    }[category]


def condition_label(condition: str) -> str:
    """In what state a thing is."""
    return {
        "new": _("Unused"),
        "like_new": _("Like new"),
        "used": _("Used"),
        "worn": _("Worn"),
        "for_parts": _("For parts"),
    }[condition]


def returns_label(returns: str) -> str:
    """Whether it can be sent back."""
    return {
        "none": _("No returns"),
        "14_days": _("Within 14 days"),
        "30_days": _("Within 30 days"),
    }[returns]


def format_label(format: str) -> str:
    """In what way it is sold."""
    return {"auction": _("Bids only"), "buy_now": _("With buy-now")}[format]


def sort_label(sort: str) -> str:
    """In what order a list is."""
    return {
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


def step_label(step: str) -> str:
    """What a step of the listing wizard is called."""
    return {
        "item": _("The item"),
        "photos": _("Photos"),
        "price": _("Price"),
        "time": _("Time"),
        "preview": _("Preview"),
    }[step]


def state_label(state: str) -> str:
    """Which part of one's bids or sales is shown."""
    return {
        "winning": _("Winning"),
        "outbid": _("Outbid"),
        "won": _("Won"),
        "lost": _("Lost"),
        "open": _("Open"),
        "sold": _("Sold"),
        "unsold": _("Not sold"),
    }[state]
