"""What was found, as HAL."""

from collections.abc import Mapping, Sequence

from auction_app.listings.hal import page as page_with_filters
from auction_app.listings.hal import summaries
from auction_app.listings.model import Auction
from auction_app.search.look_up import Found
from auction_app.urls import Urls
from auction_app.web.hal import Document, page_of


def home(urls: Urls, running: Sequence[Auction], more: str | None, *, now_ms: int) -> Document:
    """What ends soon."""
    return page_of(urls, "/", "auctions", summaries(urls, running, now_ms), more)


def found(
    urls: Urls,
    path: str,
    filters: Mapping[str, str],
    found: Found,
    more: str | None,
    *,
    now_ms: int,
) -> Document:
    """A page of a search; its links keep the filters."""
    return page_with_filters(urls, path, filters, found.page.auctions, more, now_ms)
