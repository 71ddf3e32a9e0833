"""Set an order one step further, by one of its two sides."""

from auction_app.accounts.model import Customer
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import NotFound, NotPossible
from auction_app.notifications.repository import notices
from auction_app.orders import repository as orders
from auction_app.orders.model import Order, OrderStatus, next_steps


def advance_order(act: UnitOfWork, order_id: str, customer: Customer, wanted: str) -> Order:
    """Set the status, tell the other side, and announce it; sent twice, it is one step.

    Returns the order as it was. Raises NotFound (also to strangers), NotPossible.
    """
    order = orders.locked(act.conn, order_id)
    side = order.side_of(customer.id) if order else None
    if order is None or side is None:
        raise NotFound("no such order")
    if order.status == wanted:
        return order
    if wanted not in next_steps(order.status, side):
        raise NotPossible("step")
    orders.set_status(act.conn, order, OrderStatus(wanted), by=side, now_ms=act.now_ms)
    notices.add(
        act.conn,
        order.other_than(customer.id),
        "order",
        about=f"{act.urls.order(order.id)}#{wanted}",
        auction_id=order.auction_id,
        path=f"/orders/{order.id}",
        now_ms=act.now_ms,
    )
    act.announce("orders", "update", act.urls.order(order.id))
    return order
