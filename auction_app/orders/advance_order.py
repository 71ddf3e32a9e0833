"""Set an order one step further, by one of its two sides."""

from auction_app.accounts.model import Customer
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import NotFound, NotPossible
from auction_app.orders.model import Order, OrderStatus, next_steps
from auction_app.orders.outcomes import OrderAdvanced
from auction_app.orders.repository import orders
from auction_app.payments.provider_units import is_chargeable


def advance_order(
    act: UnitOfWork, order_id: str, customer: Customer, wanted: str, *, takes_payments: bool = False
) -> Order:
    """Set the status, and tell of it; sent twice, it is one step. A house that `takes_payments`
    says itself that an order is paid.

    Returns the order as it was. Raises NotFound (also to strangers), NotPossible.
    """
    order = orders.locked(act.conn, order_id)
    side = order.side_of(customer.id) if order else None
    if order is None or side is None:
        raise NotFound("no such order")
    if order.status == wanted:
        return order
    by_hand = not (takes_payments and is_chargeable(order.total))
    if wanted not in next_steps(order.status, side, by_hand=by_hand, on_hold=order.on_hold):
        raise NotPossible("step")
    status = OrderStatus(wanted)
    with act.performing(OrderAdvanced(order, status, by_id=customer.id)):
        orders.set_status(act.conn, order, status, by=side, now_ms=act.now_ms)
    return order
