"""A listing as search engines read it (schema.org, in JSON-LD)."""

from service_kit.clock import utc

from auction_app.listings.model import LARGE, Auction
from auction_app.urls import Urls
from auction_app.web.hal import Document

_CONDITIONS = {"new": "NewCondition", "for_parts": "DamagedCondition"}


def linked_data(urls: Urls, auction: Auction) -> Document:
    """What is sold, for how much as yet, by whom and until when."""
    price = auction.price or auction.terms.start_price
    closed = bool(auction.bidding and auction.bidding.closed)
    condition = _CONDITIONS.get(auction.details.condition, "UsedCondition")
    return {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": auction.title,
        "description": auction.description,
        "image": [urls.photo(photo.id, LARGE) for photo in auction.photos],
        "itemCondition": f"https://schema.org/{condition}",
        "offers": {
            "@type": "Offer",
            "url": urls.auction(auction.id),
            "price": price.amount,
            "priceCurrency": price.currency,
            "priceValidUntil": utc(auction.ends_at_ms).isoformat(timespec="seconds"),
            "availability": f"https://schema.org/{'SoldOut' if closed else 'InStock'}",
            "seller": {
                "@type": "Person",
                "name": auction.seller_name,
                "url": urls.customer(auction.seller_id),
            },
        },
    }
