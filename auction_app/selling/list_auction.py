"""Put an item up for auction."""

from collections.abc import Sequence

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import NotFound, NotVerified
from auction_app.listings.model import Auction, Photo
from auction_app.listings.outcomes import ListingPublished
from auction_app.listings.repository import auctions
from auction_app.selling.forms import Listing


def list_auction(
    act: UnitOfWork,
    listing: Listing,
    photos: Sequence[Photo],
    *,
    auction_id: str,
    seller: Customer,
) -> Auction:
    """Publish a listing under an id that was chosen beforehand: sent twice, it is listed once.
    Its terms never change from here on. Its photos' files must be there. An account that is
    deleted or closed at this moment lists nothing.

    Raises NotVerified, NoSession.
    """
    if not customers.locked(act.conn, seller.id).verified:
        raise NotVerified("sellers need a verified address")
    try:
        return auctions.by_id(act.conn, auction_id)
    except NotFound:
        auction = Auction(
            id=auction_id,
            seller_id=seller.id,
            seller_name=seller.name,
            title=listing.title,
            description=listing.description,
            terms=listing.terms,
            created_at_ms=act.now_ms,
            photos=tuple(photos),
            bidding=None,
            details=listing.details,
        )
    with act.performing(ListingPublished(auction)):
        auctions.add(act.conn, auction)
    return auction
