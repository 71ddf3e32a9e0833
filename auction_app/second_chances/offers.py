"""Second chances: offer an item to a bidder who didn't get it, and answer such an offer."""

import bids_client

from auction_app.accounts.model import Customer
from auction_app.bidding.commands import asked
from auction_app.bidding.gateway import Bids
from auction_app.bidding.pending_command import pending_command
from auction_app.db.ids import new_id
from auction_app.db.store import Store
from auction_app.errors import NotFound
from auction_app.listings.model import Auction
from auction_app.listings.repository import auctions
from auction_app.notifications.repository import notices
from auction_app.orders.model import Order
from auction_app.orders.settle_sale import make_order
from auction_app.second_chances import repository as second_chances
from auction_app.second_chances.model import ACCEPTED, SecondChance
from auction_app.urls import Urls


def offer_second_chance(
    store: Store,
    bids: Bids,
    urls: Urls,
    auction: Auction,
    bidder_id: str,
    *,
    seller: Customer,
    key: str,
    now_ms: int,
) -> None:
    """Offer an auction's item to a bidder at that bidder's own highest bid (docs/bidding.md B14).

    Safe to repeat with the same key. Blocks for bids_service. Raises NoSession, CommandRefused,
    BidsUnavailable.
    """

    def ask() -> bids_client.Offer:
        bidding = bids.bidding_of(urls.auction(auction.id))
        me, to = urls.customer(seller.id), urls.customer(bidder_id)
        return bids.offer_second_chance(bidding, me, to, key)

    with pending_command(store, seller, auction.id, key, now_ms=now_ms):
        keep_offer(store, urls, asked(store, ask, now_ms=now_ms), now_ms=now_ms)


def answer_offer(
    store: Store,
    bids: Bids,
    urls: Urls,
    chance: SecondChance,
    *,
    bidder: Customer,
    accept: bool,
    now_ms: int,
) -> None:
    """Accept or decline an offer on behalf of its bidder; accepted, it is an order.

    Safe to repeat. Blocks for bids_service. Raises NoSession, CommandRefused, BidsUnavailable.
    """
    key = f"{'accept' if accept else 'decline'}-{chance.id}"

    def ask() -> bids_client.Offer:
        offer = bids.offer(chance.url)
        if offer.status == ("accepted" if accept else "declined"):
            return offer  # sent before, and its answer was lost
        return bids.accept(offer, key) if accept else bids.decline(offer, key)

    with pending_command(store, bidder, chance.auction_id, key, now_ms=now_ms):
        keep_offer(store, urls, asked(store, ask, now_ms=now_ms), now_ms=now_ms)


def keep_offer(store: Store, urls: Urls, told: bids_client.Offer, *, now_ms: int) -> None:
    """Store what bids_service told of an offer; tell its bidder once, make the order once."""
    auction_id, bidder_id = urls.auction_id(told.auction), urls.customer_id(told.bidder)
    if auction_id is None or bidder_id is None:
        return
    chance = SecondChance(
        id=new_id(),
        url=told.url,
        auction_id=auction_id,
        bidder_id=bidder_id,
        price=told.price,
        status=told.status,
        expires_at_ms=told.expires_at_ms,
    )
    with store.writing() as conn:
        try:
            auction = auctions.by_id(conn, auction_id)
        except NotFound:
            return  # another house's auction; bids_service may serve several
        if second_chances.keep(conn, chance):
            notices.add(
                conn,
                bidder_id,
                "second-chance",
                about=told.url,
                auction_id=auction_id,
                path=f"/second-chances/{chance.id}",
                now_ms=now_ms,
            )
        if chance.status == ACCEPTED:
            order = Order.agreed(new_id(), auction, chance.bidder_id, chance.price)
            make_order(conn, urls, order, sold_by=chance.url, now_ms=now_ms)
