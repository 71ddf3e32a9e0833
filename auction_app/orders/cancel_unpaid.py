"""Cancel what was not paid, without anybody's consent."""

from auction_app.accounts.repository import customers
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.orders.model import Because, Order, OrderStatus, Side
from auction_app.orders.outcomes import OrderAdvanced
from auction_app.orders.repository import orders


def cancel_unpaid(act: UnitOfWork, seller_id: str) -> None:
    """The house cancels a closed account's sales that nobody has paid for, and tells the
    buyers."""
    for order in orders.unpaid_sales(act.conn, seller_id):
        _cancel(act, order, seller_id, by="house", because="seller-closed")


def cancel_of_closed(act: UnitOfWork, order: Order) -> None:
    """Cancel a new order whose buyer's account is closed, and tell the seller, who may offer the
    item to the next: the end came before bids_service could take the buyer's bids back."""
    if customers.gone(act.conn, [order.buyer_id]):
        _cancel(act, order, order.buyer_id, by="house", because="buyer-closed")


def cancel_overdue(act: UnitOfWork, auction_id: str) -> None:
    """The seller cancels the orders of an item that were not paid in time: it goes to somebody
    else. May be repeated."""
    for found in orders.unpaid_of_item(act.conn, auction_id):
        order = orders.locked(act.conn, found.id)
        if order is not None and order.status is OrderStatus.UNPAID:
            _cancel(act, order, order.seller_id, by="seller")


def _cancel(
    act: UnitOfWork, order: Order, untold_id: str, *, by: Side, because: Because | None = None
) -> None:
    now_ms, to = act.now_ms, OrderStatus.CANCELLED
    with act.performing(OrderAdvanced(order, to, by_id=untold_id)):
        orders.set_status(act.conn, order, to, by=by, now_ms=now_ms, because=because)
