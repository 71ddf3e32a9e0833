"""Set an order one step further, by one of its two sides."""

from auction_app.accounts.model import Customer
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import NotFound, NotPossible
from auction_app.orders.forms import StepForm
from auction_app.orders.model import Order, OrderStatus, Parcel, next_steps
from auction_app.orders.outcomes import OrderAdvanced
from auction_app.orders.repository import orders, parcels
from auction_app.payments.provider_units import is_chargeable


def advance_order(
    act: UnitOfWork,
    order_id: str,
    customer: Customer,
    form: StepForm,
    *,
    takes_payments: bool = False,
) -> Order:
    """Set the status, and tell of it; sent twice, it is one step. A house that `takes_payments`
    says itself that an order is paid.

    Returns the order as it was. Raises NotFound (also to strangers), NotPossible.
    """
    order = orders.locked(act.conn, order_id)
    side = order.side_of(customer.id) if order else None
    if order is None or side is None:
        raise NotFound("no such order")
    if order.status == form.status:
        return order
    by_hand = not (takes_payments and is_chargeable(order.total))
    if form.status not in next_steps(order, side, by_hand=by_hand):
        raise NotPossible("step")
    status = OrderStatus(form.status)
    with act.performing(OrderAdvanced(order, status, by_id=customer.id)):
        orders.set_status(act.conn, order, status, by=side, now_ms=act.now_ms)
        _keep_parcel(act, order.id, status, form)
    return order


def _keep_parcel(act: UnitOfWork, order_id: str, status: OrderStatus, form: StepForm) -> None:
    if not (form.carrier or form.number):
        return
    parcel = Parcel(carrier=form.carrier, number=form.number)
    if status is OrderStatus.SHIPPED:
        parcels.add(act.conn, order_id, "out", parcel)
    elif status is OrderStatus.SENT_BACK:
        parcels.add(act.conn, order_id, "back", parcel)
