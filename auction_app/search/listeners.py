"""The search index follows the listings in the same commit."""

from auction_app.db.unit_of_work import UnitOfWork
from auction_app.listings.outcomes import (
    ListingEdited,
    ListingHidden,
    ListingPublished,
    ListingShown,
)
from auction_app.listings.repository import auctions
from auction_app.search.repository import entries


def index_published(act: UnitOfWork, published: ListingPublished) -> None:
    """Have a new listing found."""
    entries.put(act.conn, [published.auction])


def index_edited(act: UnitOfWork, edited: ListingEdited) -> None:
    """Have a listing found by what it says now."""
    entries.put(act.conn, [auctions.by_id(act.conn, edited.auction.id)])


def index_shown(act: UnitOfWork, shown: ListingShown) -> None:
    """Have a listing found again."""
    entries.put(act.conn, [auctions.by_id(act.conn, shown.auction_id)])


def unindex_hidden(act: UnitOfWork, hidden: ListingHidden) -> None:
    """Have a listing found no more."""
    entries.remove(act.conn, hidden.auction_id)
