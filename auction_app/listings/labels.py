"""The visitor's words for what is sold, and for where its auction and its bidders stand."""

from auction_app.listings.model import Auction, Standing, Status
from auction_app.listings.terms import COLLECTION
from auction_app.web.formats import money
from auction_app.web.i18n import _


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


def delivery_label(delivery: str) -> str:
    """How it reaches its buyer."""
    return {
        "priced": _("Sent, at this price"),
        "free": _("Sent, free of charge"),
        "collection": _("Collection only"),
        "ask": _("To be agreed with the buyer"),
    }[delivery]


def postage_word(auction: Auction) -> str:
    """What postage costs, in a few words."""
    cost = auction.postage
    if cost is None:
        return _("Postage to be agreed")
    if auction.details.delivery == COLLECTION:
        return _("Collection only")
    return _("%(cost)s postage", cost=money(cost)) if cost.amount_minor else _("Free postage")


def short_standing(standing: Standing) -> str:
    """Where a bidder stands, in one word for lists."""
    return {
        Standing.WINNING: _("Winning"),
        Standing.WINNING_BELOW_RESERVE: _("Highest bidder, reserve not met"),
        Standing.OUTBID: _("Outbid"),
        Standing.PENDING: _("Being settled"),
        Standing.WON: _("Won"),
        Standing.LOST: _("Lost"),
        Standing.UNSOLD: _("Not sold"),
        Standing.BOUGHT: _("Bought"),
    }[standing]


def standing_word(standing: Standing) -> str:
    """Where a bidder stands, in a few words."""
    return {
        Standing.WINNING: _("You are the highest bidder"),
        Standing.WINNING_BELOW_RESERVE: _("You are the highest bidder, but the reserve is not met"),
        Standing.OUTBID: _("You have been outbid"),
        Standing.PENDING: _("You led when time was up; we are settling the result"),
        Standing.WON: _("You have won"),
        Standing.LOST: _("You didn't win"),
        Standing.UNSOLD: _("Nobody won: it was not sold"),
        Standing.BOUGHT: _("You bought it by a second chance"),
    }[standing]


def outcome_word(auction: Auction) -> str:
    """How an ended auction ended."""
    if auction.bidding is None or not auction.bidding.closed:
        return _("The result is being settled")
    if auction.bidding.outcome == "sold":
        return _("Sold")
    if auction.price and auction.bidding.reserve == "not_met":
        return _("Not sold: reserve not met")
    return _("Not sold")


def price_label(auction: Auction, status: Status) -> str:
    """What the price is that is shown of an auction."""
    if auction.price is None:
        return _("Start price")
    if status is not Status.ENDED:
        return _("Current price")
    return _("Highest bid") if auction.unsold else _("Final price")


LABELS = (
    category_label,
    condition_label,
    returns_label,
    delivery_label,
    postage_word,
    short_standing,
    standing_word,
    outcome_word,
    price_label,
)
"""What all templates may call."""
