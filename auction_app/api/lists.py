"""Lists of auctions as HAL: what was found, what is watched."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from service_kit.hal import link, resource

from auction_app.api import represent
from auction_app.model import Auction
from auction_app.storage.search.find import Page
from auction_app.urls import Urls

Document = dict[str, Any]


def found(
    urls: Urls, path: str, filters: Mapping[str, str], page: Page, more: str | None, *, now_ms: int
) -> Document:
    """A page of a search; its links keep the filters."""
    return _page(urls, path, filters, page.auctions, more, now_ms)


def watchlist(urls: Urls, watched: Sequence[Auction], more: str | None, *, now_ms: int) -> Document:
    """What a customer watches."""
    return _page(urls, "/my/watchlist", {}, watched, more, now_ms)


def _page(
    urls: Urls,
    path: str,
    filters: Mapping[str, str],
    auctions: Sequence[Auction],
    more: str | None,
    now_ms: int,
) -> Document:
    def address(**extra: str) -> str:
        query = urlencode({**filters, **extra})
        return urls.absolute(path) + (f"?{query}" if query else "")

    listed = [represent.auction(urls, item, now_ms=now_ms) for item in auctions]
    links = {"self": link(address()), "next": link(address(after=more)) if more else None}
    return resource({}, links, {"auctions": listed})
