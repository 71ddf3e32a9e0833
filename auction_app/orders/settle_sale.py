"""What follows when a bidding is seen closed: an order, and news for everybody who took part."""

from auction_app.accounts.repository import customers
from auction_app.bidding.repository import biddings
from auction_app.db.announce import announce
from auction_app.db.ids import new_id
from auction_app.db.store import Transaction
from auction_app.listings.model import Auction, Bidding
from auction_app.listings.repository import auctions
from auction_app.notifications.repository import notices
from auction_app.orders import repository as orders
from auction_app.orders.model import Order
from auction_app.urls import Urls


def settle_sale(conn: Transaction, urls: Urls, auction_id: str, *, now_ms: int) -> None:
    """Make the order of a sale and tell everybody, once; does nothing before the close.

    May be repeated: the order is keyed by the bidding's URL, each piece of news by it, too.
    """
    auction = auctions.by_id(conn, auction_id)
    bidding = auction.bidding
    if bidding is None or not bidding.closed:
        return
    news = {"about": bidding.url, "auction_id": auction.id, "path": f"/auctions/{auction.id}"}
    order = _order(auction, bidding) if bidding.outcome == "sold" else None
    if order is None:
        notices.add(conn, auction.seller_id, "unsold", **news, now_ms=now_ms)
        return
    make_order(conn, urls, order, sold_by=bidding.url, now_ms=now_ms)
    for customer_id in biddings.participants(conn, auction.id):
        if customer_id != bidding.leader_id:
            notices.add(conn, customer_id, "lost", **news, now_ms=now_ms)


def make_order(conn: Transaction, urls: Urls, order: Order, *, sold_by: str, now_ms: int) -> None:
    """Store an order once for the bidding or the accepted offer that `sold_by` names, tell both
    sides, and announce it. May be repeated."""
    if not customers.exists(conn, order.buyer_id):
        return
    if not orders.add(conn, order, sold_by=sold_by, now_ms=now_ms):
        return
    announce(conn, "orders", "create", urls.order(order.id), now_ms=now_ms)
    news = {"about": sold_by, "auction_id": order.auction_id, "path": f"/orders/{order.id}"}
    notices.add(conn, order.seller_id, "sold", **news, now_ms=now_ms)
    notices.add(conn, order.buyer_id, "won", **news, now_ms=now_ms)


def _order(auction: Auction, bidding: Bidding) -> Order | None:
    if bidding.leader_id is None or bidding.price is None:
        return None
    return Order.agreed(new_id(), auction, bidding.leader_id, bidding.price)
