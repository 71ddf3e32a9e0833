"""The house cancels what nobody must be asked to pay for any more."""

from auction_app.db.unit_of_work import UnitOfWork
from auction_app.orders.model import OrderStatus
from auction_app.orders.outcomes import OrderAdvanced
from auction_app.orders.repository import orders


def cancel_unpaid(act: UnitOfWork, seller_id: str) -> None:
    """Cancel a closed account's sales that nobody has paid for, and tell the buyers."""
    for order in orders.unpaid_sales(act.conn, seller_id):
        cancelled = OrderAdvanced(order, OrderStatus.CANCELLED, by_id=seller_id)
        with act.performing(cancelled):
            orders.set_status(act.conn, order, OrderStatus.CANCELLED, by="house", now_ms=act.now_ms)
