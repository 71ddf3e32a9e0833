"""What is listed or changed waits to be told of, in the same commit."""

from auction_app.alerts.repository import alerts
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.listings.outcomes import ListingEdited, ListingPublished, ListingShown


def note_listed(act: UnitOfWork, listed: ListingPublished | ListingEdited) -> None:
    """Have a listing looked at."""
    alerts.put(act.conn, listed.auction.id)


def note_shown(act: UnitOfWork, shown: ListingShown) -> None:
    """Have a listing looked at that was hidden before."""
    alerts.put(act.conn, shown.auction_id)
