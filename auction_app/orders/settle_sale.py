"""What follows when a bidding is seen closed: an order, and news for everybody who took part."""

from auction_app.accounts.repository import customers
from auction_app.db.ids import new_id
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.listings.model import Auction, Bidding
from auction_app.listings.repository import auctions
from auction_app.notifications.notify import notify
from auction_app.orders.cancel_unpaid import cancel_of_closed
from auction_app.orders.model import Order
from auction_app.orders.outcomes import OrderMade
from auction_app.orders.repository import orders


def settle_sale(act: UnitOfWork, auction_id: str, *, at_ms: int) -> None:
    """Make the order of a sale and tell everybody, once; does nothing before the close.

    May be repeated: the order is keyed by the bidding's URL, each piece of news by it, too. What
    the house has hidden waits: nobody is asked to pay for it until it is shown again.
    """
    auction = auctions.by_id(act.conn, auction_id)
    bidding = auction.bidding
    if bidding is None or not bidding.closed or auction.hidden:
        return
    news = {"about": bidding.url, "auction_id": auction.id, "path": f"/auctions/{auction.id}"}
    order = _order(auction, bidding) if bidding.outcome == "sold" else None
    if order is None:
        notify(act, auction.seller_id, "unsold", **news, at_ms=at_ms)
    else:
        won = not auction.bought_at_once
        make_order(act, order, sold_by=bidding.url, at_ms=at_ms, won=won)
    winner = order.buyer_id if order else None
    for customer_id in orders.participants(act.conn, auction.id):
        if customer_id != winner:
            notify(act, customer_id, "lost", **news, at_ms=at_ms)


def make_order(
    act: UnitOfWork, order: Order, *, sold_by: str, at_ms: int, won: bool = False
) -> None:
    """Store an order once for the bidding or the accepted offer that `sold_by` names, and tell
    of it: that its buyer has `won`, or has bought it. May be repeated."""
    if not customers.exists(act.conn, order.buyer_id):
        return
    if not orders.add(act.conn, order, sold_by=sold_by, now_ms=at_ms):
        return
    act.tell(OrderMade(order, sold_by, at_ms, won))
    cancel_of_closed(act, order)


def _order(auction: Auction, bidding: Bidding) -> Order | None:
    if bidding.leader_id is None or bidding.price is None:
        return None
    return Order.agreed(new_id(), auction, bidding.leader_id, bidding.price)
