"""A seller's own auctions as HAL."""

from collections.abc import Sequence

from auction_app.listings.hal import HomeSchema, summaries
from auction_app.listings.model import Auction
from auction_app.urls import Urls
from auction_app.web.hal import Document, page_of


def my_sales(urls: Urls, sales: Sequence[Auction], more: str | None, *, now_ms: int) -> Document:
    """A seller's own auctions."""
    return page_of(urls, "/my/sales", "auctions", summaries(urls, sales, now_ms), more)


class MySalesSchema(HomeSchema):
    """A page of one's own auctions."""
