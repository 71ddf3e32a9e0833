"""The house cancels what nobody must be asked to pay for any more."""

from auction_app.accounts.repository import customers
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.orders.model import Order, OrderStatus
from auction_app.orders.outcomes import OrderAdvanced
from auction_app.orders.repository import orders


def cancel_unpaid(act: UnitOfWork, seller_id: str) -> None:
    """Cancel a closed account's sales that nobody has paid for, and tell the buyers."""
    for order in orders.unpaid_sales(act.conn, seller_id):
        _cancel(act, order, seller_id)


def cancel_of_closed(act: UnitOfWork, order: Order) -> None:
    """Cancel a new order whose buyer's account is closed, and tell the seller, who may offer the
    item to the next: the end came before bids_service could take the buyer's bids back."""
    if customers.gone(act.conn, [order.buyer_id]):
        _cancel(act, order, order.buyer_id)


def _cancel(act: UnitOfWork, order: Order, closed_id: str) -> None:
    cancelled = OrderAdvanced(order, OrderStatus.CANCELLED, by_id=closed_id)
    with act.performing(cancelled):
        orders.set_status(act.conn, order, OrderStatus.CANCELLED, by="house", now_ms=act.now_ms)
