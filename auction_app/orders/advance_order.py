"""Set an order one step further, by one of its two sides."""

from auction_app.accounts.model import Customer
from auction_app.db.announce import announce
from auction_app.db.store import Store
from auction_app.errors import NotFound, NotPossible
from auction_app.notifications.repository import notices
from auction_app.orders import repository as orders
from auction_app.orders.model import Order, OrderStatus, next_steps
from auction_app.urls import Urls


def advance_order(
    store: Store, urls: Urls, order_id: str, customer: Customer, wanted: str, *, now_ms: int
) -> Order:
    """Set the status, tell the other side, and announce it; sent twice, it is one step.

    Returns the order as it was. Raises NotFound (also to strangers), NotPossible.
    """
    with store.writing() as conn:
        order = orders.locked(conn, order_id)
        side = order.side_of(customer.id) if order else None
        if order is None or side is None:
            raise NotFound("no such order")
        if order.status == wanted:
            return order
        if wanted not in next_steps(order.status, side):
            raise NotPossible("step")
        orders.set_status(conn, order, OrderStatus(wanted), by=side, now_ms=now_ms)
        notices.add(
            conn,
            order.other_than(customer.id),
            "order",
            about=f"{urls.order(order.id)}#{wanted}",
            auction_id=order.auction_id,
            path=f"/orders/{order.id}",
            now_ms=now_ms,
        )
        announce(conn, "orders", "update", urls.order(order.id), now_ms=now_ms)
    return order
