"""The visitor's words for what is sold, and for where its auction and its bidders stand."""

from auction_app.listings.categories import top_of
from auction_app.listings.model import Auction, Standing, Status
from auction_app.listings.terms import COLLECTION
from auction_app.web.formats import money
from auction_app.web.i18n import _


def category_label(category: str) -> str:
    """What a category or subcategory is called."""
    return {
        "art": _("Art"),
        "art-paintings": _("Paintings"),
        "art-prints": _("Prints"),
        "art-sculpture": _("Sculptures"),
        "art-photographs": _("Photographs"),
        "books": _("Books"),
        "books-fiction": _("Fiction"),
        "books-nonfiction": _("Non-fiction"),
        "books-comics": _("Comics"),
        "books-antique": _("Antiquarian books"),
        "cameras": _("Cameras"),
        "cameras-film": _("Film cameras"),
        "cameras-digital": _("Digital cameras"),
        "cameras-lenses": _("Lenses"),
        "clothing": _("Clothing"),
        "clothing-women": _("For women"),
        "clothing-men": _("For men"),
        "clothing-children": _("For children"),
        "clothing-shoes": _("Shoes"),
        "collectables": _("Collectables"),
        "collectables-coins": _("Coins"),
        "collectables-stamps": _("Stamps"),
        "collectables-cards": _("Trading cards"),
        "collectables-ceramics": _("Porcelain and pottery"),
        "electronics": _("Electronics"),
        "electronics-audio": _("Audio"),
        "electronics-computers": _("Computers"),
        "electronics-phones": _("Phones"),
        "electronics-consoles": _("Video games"),
        "home": _("Home and garden"),
        "home-furniture": _("Furniture"),
        "home-lamps": _("Lamps"),
        "home-kitchen": _("Kitchen"),
        "home-garden": _("Garden"),
        "home-tools": _("Tools"),
        "instruments": _("Musical instruments"),
        "instruments-guitars": _("Guitars"),
        "instruments-keyboards": _("Pianos and keyboards"),
        "instruments-strings": _("Bowed strings"),
        "instruments-wind": _("Wind instruments"),
        "jewellery": _("Jewellery and watches"),
        "jewellery-watches": _("Watches"),
        "jewellery-rings": _("Rings"),
        "jewellery-necklaces": _("Necklaces"),
        "sports": _("Sports and bicycles"),
        "sports-bicycles": _("Bicycles"),
        "sports-outdoors": _("Camping and outdoors"),
        "sports-winter": _("Winter sports"),
        "toys": _("Toys and games"),
        "toys-boardgames": _("Board games"),
        "toys-trains": _("Model trains"),
        "toys-dolls": _("Dolls and soft toys"),
        "toys-bricks": _("Building bricks"),
        "vehicles": _("Vehicles"),
        "vehicles-cars": _("Cars"),
        "vehicles-motorcycles": _("Motorcycles"),
        "vehicles-parts": _("Parts"),
        "other": _("Everything else"),
    }[category]


def category_path(category: str) -> str:
    """The same with what it is in: "Home and garden: Lamps"."""
    own, top = category_label(category), top_of(category)
    return own if top == category else f"{category_label(top)}: {own}"


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
        Standing.BOUGHT_AT_ONCE: _("Bought"),
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
        Standing.BOUGHT_AT_ONCE: _("You bought it at the buy-now price"),
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
    category_path,
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
