"""What follows in the same commit when something happens to a listing."""

from auction_app.db.unit_of_work import UnitOfWork
from auction_app.listings.outcomes import (
    ListingEdited,
    ListingHidden,
    ListingPublished,
    ListingShown,
)


def announce_published(act: UnitOfWork, published: ListingPublished) -> None:
    """Tell the world of a new listing."""
    act.announce("auctions", "create", act.urls.auction(published.auction.id))


def announce_edited(act: UnitOfWork, edited: ListingEdited) -> None:
    """Tell the world that a listing changed."""
    act.announce("auctions", "update", act.urls.auction(edited.auction.id))


def announce_seen(act: UnitOfWork, seen: ListingHidden | ListingShown) -> None:
    """Tell the world that a listing can be seen, or no longer."""
    act.announce("auctions", "update", act.urls.auction(seen.auction_id))
