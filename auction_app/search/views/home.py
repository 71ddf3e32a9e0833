"""The front page: what ends soon and what is new."""

from flask import Response, request
from service_kit.openapi import Blueprint

from auction_app.accounts.visitor import visitor
from auction_app.db.memory import second_of
from auction_app.db.store import Transaction
from auction_app.listings.categories import CATEGORIES
from auction_app.listings.hal import HomeSchema
from auction_app.listings.model import Auction, unchanged_since_ms
from auction_app.listings.repository import auctions
from auction_app.page_cache.page_cache import PageCache
from auction_app.parts import Parts
from auction_app.search import hal as represent
from auction_app.search.repository import entries
from auction_app.search.repository.find import most_popular
from auction_app.web.negotiation import hal, negotiated, wants_hal
from auction_app.web.paging import cursor_from, page_of

PAGE, NEW = 24, 4


def api(parts: Parts) -> Blueprint:
    """The front page."""
    views = Blueprint("home", __name__)
    kept = PageCache(parts)

    @negotiated(views, "/", HomeSchema, paged=True)
    def show() -> Response:
        """Running auctions, the one that ends first first."""
        now_ms, after = parts.clock(), cursor_from(request.args)
        store, second_ms = parts.store, second_of(now_ms)
        with store.reading():
            visitor(parts)
            found = store.remembered(
                auctions.ending_soon, now_ms=second_ms, after=after, limit=PAGE + 1
            )
            new = [] if after else store.remembered(auctions.newest, now_ms=second_ms, limit=NEW)
            popular = [] if after else store.remembered(_popular, now_ms=second_ms)
        ending, more = page_of(found, PAGE, lambda it: (it.ends_at_ms, it.id))
        # What has ended since that second began is in no list.
        ending, new, popular = (
            [it for it in some if it.ends_at_ms > now_ms] for some in (ending, new, popular)
        )
        # A small house shows each once.
        popular = [auction for auction in popular if auction not in ending]
        new = [auction for auction in new if auction not in [*ending, *popular]]
        if wants_hal():
            return hal(represent.home(parts.urls, ending, more, now_ms=now_ms))
        state = {
            "ending": tuple(ending),
            "new": tuple(new),
            "popular": tuple(popular),
            "more": more,
            "after": after,
            "now_ms": unchanged_since_ms((*ending, *new, *popular), now_ms),
            "categories": CATEGORIES,
        }
        return kept.page("search/home.html", state)

    return views


def _popular(conn: Transaction, *, now_ms: int) -> list[Auction]:
    """The few that most people bid on or watch; those that nobody does are not popular."""
    found = most_popular(conn, now_ms=now_ms, limit=NEW)
    return [a for a in found if a.bid_count or entries.watchers(conn, a.id)]
