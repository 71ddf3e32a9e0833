"""Put an item up for auction."""

from collections.abc import Sequence

from auction_app.accounts.model import Customer
from auction_app.accounts.repository import customers
from auction_app.db.announce import announce
from auction_app.db.store import Store, Transaction
from auction_app.errors import NotFound, NotVerified
from auction_app.listings.model import Auction, Photo
from auction_app.listings.repository import auctions
from auction_app.search.repository import entries
from auction_app.selling.read_listing import Listing
from auction_app.urls import Urls


def list_auction(
    store: Store,
    urls: Urls,
    listing: Listing,
    photos: Sequence[Photo],
    *,
    auction_id: str,
    seller: Customer,
    now_ms: int,
) -> Auction:
    """Publish a listing under an id that was chosen beforehand: sent twice, it is listed once.
    Its terms never change from here on. Its photos' files must be there. Raises NotVerified."""
    with store.writing() as conn:
        return list_in(
            conn, urls, listing, photos, auction_id=auction_id, seller=seller, now_ms=now_ms
        )


def list_in(
    conn: Transaction,
    urls: Urls,
    listing: Listing,
    photos: Sequence[Photo],
    *,
    auction_id: str,
    seller: Customer,
    now_ms: int,
) -> Auction:
    """The same, within a transaction that does more. An account that is deleted or closed at
    this moment lists nothing: raises NoSession."""
    if not customers.locked(conn, seller.id).verified:
        raise NotVerified("sellers need a verified address")
    try:
        return auctions.by_id(conn, auction_id)
    except NotFound:
        auction = Auction(
            id=auction_id,
            seller_id=seller.id,
            seller_name=seller.name,
            title=listing.title,
            description=listing.description,
            terms=listing.terms,
            created_at_ms=now_ms,
            photos=tuple(photos),
            bidding=None,
            details=listing.details,
        )
    auctions.add(conn, auction)
    entries.put(conn, auction)
    announce(conn, "auctions", "create", urls.auction(auction.id), now_ms=now_ms)
    return auction
