"""Each entity as HAL, as docs/protocol.md has it. No maximum is known here, so none can leak."""

from collections.abc import Sequence
from typing import Any

from service_kit.hal import link, resource

from auction_app.api.actions import Caller, actions
from auction_app.model import Auction, Standing
from auction_app.urls import Urls
from auction_app.verbs.take_photo import LARGE

Document = dict[str, Any]


def auction(
    urls: Urls,
    auction: Auction,
    *,
    now_ms: int,
    private: bool = False,
    caller: Caller | None = None,
) -> Document:
    """An auction; `private` adds the terms that only bids_service may see, a signed-in `caller`
    what they can do with it."""
    removed = {"removed": True} if auction.hidden else {}
    return resource(
        {
            "title": auction.title,
            "description": auction.description,
            "status": auction.status(now_ms).value,
            "created_at_ms": auction.created_at_ms,
            **vars(auction.details),
            "terms": auction.terms.to_wire(private=private),
            "price": auction.price.to_wire() if auction.price else None,
            "bid_count": auction.bid_count,
            **removed,
        },
        {
            "self": link(urls.auction(auction.id)),
            "seller": link(urls.customer(auction.seller_id)),
            "photos": [link(urls.photo(p.id, LARGE), title=p.alt) for p in auction.photos],
            "bidding": link(auction.bidding.url) if auction.bidding else None,
            **(actions(urls, auction, caller, now_ms=now_ms) if caller else {}),
        },
    )


def home(urls: Urls, running: Sequence[Auction], more: str | None, *, now_ms: int) -> Document:
    """What ends soon."""
    return page_of(urls, "/", "auctions", _summaries(urls, running, now_ms), more)


def my_sales(urls: Urls, sales: Sequence[Auction], more: str | None, *, now_ms: int) -> Document:
    """A seller's own auctions."""
    return page_of(urls, "/my/sales", "auctions", _summaries(urls, sales, now_ms), more)


def my_bids(
    urls: Urls, rows: Sequence[tuple[Auction, Standing]], more: str | None, *, now_ms: int
) -> Document:
    """The auctions that a bidder takes part in, with where the bidder stands in each."""
    found = [
        auction(urls, item, now_ms=now_ms) | {"standing": standing.value} for item, standing in rows
    ]
    return page_of(urls, "/my/bids", "auctions", found, more)


def _summaries(urls: Urls, found: Sequence[Auction], now_ms: int) -> list[Document]:
    return [auction(urls, item, now_ms=now_ms) for item in found]


def page_of(urls: Urls, path: str, name: str, found: list[Document], more: str | None) -> Document:
    """A page of a list; `more` is where the next one begins."""
    here = urls.absolute(path)
    following = link(f"{here}?after={more}") if more else None
    return resource({}, {"self": link(here), "next": following}, {name: found})
