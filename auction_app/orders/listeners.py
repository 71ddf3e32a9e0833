"""What follows in the same commit when something happens to an order."""

from auction_app.db.unit_of_work import UnitOfWork
from auction_app.notifications.notify import notify
from auction_app.orders.model import OrderStatus
from auction_app.orders.outcomes import OrderAdvanced, OrderMade
from auction_app.payments import repository as payments
from auction_app.payments.move_payment import give_back


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
    notify(act, order.seller_id, "sold", **news, at_ms=made.at_ms)
    notify(act, order.buyer_id, "won", **news, at_ms=made.at_ms)


def notify_other_side(act: UnitOfWork, advanced: OrderAdvanced) -> None:
    """Whoever did not take the step finds it among their news; both, when the house did."""
    order = advanced.order
    for customer_id in (order.buyer_id, order.seller_id):
        if customer_id != advanced.by_id:
            notify(
                act,
                customer_id,
                "order",
                about=f"{act.urls.order(order.id)}#{advanced.status}",
                auction_id=order.auction_id,
                path=f"/orders/{order.id}",
            )


def refund_cancelled(act: UnitOfWork, advanced: OrderAdvanced) -> None:
    """What was paid for an order goes back when it is cancelled."""
    if advanced.status is OrderStatus.CANCELLED:
        payment = payments.of_order(act.conn, act.urls.order(advanced.order.id))
        if payment is not None:
            give_back(act, payment)
