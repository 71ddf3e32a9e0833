"""Second chances: offer an item to a bidder who didn't get it, and answer such an offer."""

import bids_client
from service_kit.money import Money

from auction_app.accounts.model import Customer
from auction_app.bidding.gateway import Gateway
from auction_app.bidding.pending_command import pending_command
from auction_app.db.ids import new_id
from auction_app.db.store import Store
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import CommandRefused, NotFound
from auction_app.listings.model import Auction
from auction_app.listings.repository import auctions
from auction_app.notifications.notify import notify
from auction_app.orders.cancel_unpaid import cancel_overdue
from auction_app.orders.model import Order
from auction_app.orders.settle_sale import make_order
from auction_app.second_chances import repository as second_chances
from auction_app.second_chances.model import ACCEPTED, SecondChance


def offer_second_chance(
    store: Store,
    gateway: Gateway,
    auction: Auction,
    bidder_id: str,
    *,
    price: Money,
    seller: Customer,
    key: str,
) -> None:
    """Offer an auction's item to a bidder at the price that the seller was shown, which is the
    highest that the history shows of the bidder (docs/bidding.md B14), or not at all. An order that
    was not paid in time is cancelled first, or two might buy the one item.

    Safe to repeat with the same key. Blocks for bids_service. Raises NoSession, CommandRefused
    (price_changed), BidsUnavailable.
    """
    # Before anything is cancelled for an offer that is not to be; bids_service compares again.
    if gateway.shown_prices(auction.id).get(bidder_id) != price:
        raise CommandRefused("price_changed")
    with pending_command(store, seller, auction.id, key):
        with store.begin() as act:
            cancel_overdue(act, auction.id)
        offer = gateway.offer_second_chance(auction.id, seller.id, bidder_id, price, key)
        with store.begin() as act:
            keep_offer(act, offer)


def answer_offer(
    store: Store, gateway: Gateway, chance: SecondChance, *, bidder: Customer, accept: bool
) -> None:
    """Accept or decline an offer on behalf of its bidder; accepted, it is an order.

    Safe to repeat. Blocks for bids_service. Raises NoSession, CommandRefused, BidsUnavailable.
    """
    key = f"{'accept' if accept else 'decline'}-{chance.id}"
    with pending_command(store, bidder, chance.auction_id, key):
        offer = gateway.answer_offer(chance.url, key, accept=accept)
        with store.begin() as act:
            keep_offer(act, offer)


def keep_offer(act: UnitOfWork, told: bids_client.Offer) -> None:
    """Store what bids_service told of an offer; tell its bidder once, make the order once."""
    auction_id, bidder_id = act.urls.auction_id(told.auction), act.urls.customer_id(told.bidder)
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
    try:
        auction = auctions.by_id(act.conn, auction_id)
    except NotFound:
        return  # another house's auction; bids_service may serve several
    if second_chances.keep(act.conn, chance):
        notify(
            act,
            bidder_id,
            "second-chance",
            about=told.url,
            auction_id=auction_id,
            path=f"/second-chances/{chance.id}",
        )
    if chance.status == ACCEPTED:
        order = Order.agreed(new_id(), auction, chance.bidder_id, chance.price)
        make_order(act, order, sold_by=chance.url, at_ms=act.now_ms)
