"""What follows in the same commit when something happens to an order."""

from auction_app.db.unit_of_work import UnitOfWork
from auction_app.notifications.repository import notices
from auction_app.orders.outcomes import OrderAdvanced, OrderMade


def announce_made(act: UnitOfWork, made: OrderMade) -> None:
    """Tell the world of a new order."""
    act.announce("orders", "create", act.urls.order(made.order.id))


def announce_advanced(act: UnitOfWork, advanced: OrderAdvanced) -> None:
    """Tell the world that an order changed."""
    act.announce("orders", "update", act.urls.order(advanced.order.id))


def notify_both_sides(act: UnitOfWork, made: OrderMade) -> None:
    """Seller and buyer find it among their news."""
    order = made.order
    news = {"about": made.sold_by, "auction_id": order.auction_id, "path": f"/orders/{order.id}"}
    notices.add(act.conn, order.seller_id, "sold", **news, now_ms=made.at_ms)
    notices.add(act.conn, order.buyer_id, "won", **news, now_ms=made.at_ms)


def notify_other_side(act: UnitOfWork, advanced: OrderAdvanced) -> None:
    """Whoever did not take the step finds it among their news."""
    order = advanced.order
    notices.add(
        act.conn,
        order.other_than(advanced.by_id),
        "order",
        about=f"{act.urls.order(order.id)}#{advanced.status}",
        auction_id=order.auction_id,
        path=f"/orders/{order.id}",
        now_ms=act.now_ms,
    )
