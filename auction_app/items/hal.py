"""What a signed-in customer can do with an auction now: a link for each, and none for the rest."""

from collections.abc import Mapping

from service_kit.hal import Link, link

from auction_app.items.model import Caller
from auction_app.listings.model import Auction, Status
from auction_app.urls import Urls


def actions(urls: Urls, auction: Auction, caller: Caller, *, now_ms: int) -> dict[str, Link]:
    """Links to the pages and forms that would be taken. What the bidding allows is its own word."""
    own = caller.customer.id == auction.seller_id
    possible = _of_seller(auction, now_ms) if own else _of_others(auction, caller, now_ms)
    here = urls.auction(auction.id)
    links = {rel: link(f"{here}/{_FORMS[rel]}") for rel, now in possible.items() if now}
    if caller.ties.order_id:
        links["order"] = link(urls.order(caller.ties.order_id))
    return links


def pages_of_readers(urls: Urls, auction_id: str) -> dict[str, Link]:
    """For who writes to customers: the pages that lead each of them to their own order, and to
    the second chance that they were offered."""
    here = urls.auction(auction_id)
    return {"my-order": link(f"{here}/my-order"), "my-offer": link(f"{here}/my-offer")}


_FORMS = {
    "edit": "edit",
    "end-early": "end",
    "relist": "relist",
    "second-chances": "second-chances",
    "place-bid": "bid/review",
    "buy-now": "buy-now",
    "retract": "retract",
    "ask": "questions",
    "watch": "watch",
    "unwatch": "watch",
    "report": "report",
}


def _of_seller(auction: Auction, now_ms: int) -> Mapping[str, bool]:
    ended = auction.status(now_ms) is Status.ENDED
    return {
        "edit": not ended,
        "end-early": auction.allows("cancel", now_ms) and not auction.bid_count,
        "relist": ended,
        "second-chances": auction.allows("offer", now_ms),
    }


def _of_others(auction: Auction, caller: Caller, now_ms: int) -> Mapping[str, bool]:
    verified = caller.customer.verified
    running = auction.status(now_ms) is not Status.ENDED
    if auction.hidden:  # moderators see it, and nobody bids on it
        return {}
    return {
        "place-bid": verified and auction.allows("place-bid", now_ms),
        "buy-now": verified and auction.allows("buy-now", now_ms),
        "retract": caller.ties.took_part and auction.allows("retract", now_ms),
        "ask": verified and running,
        "watch": not caller.ties.watching,
        "unwatch": caller.ties.watching,
        "report": True,
    }
