"""Pay for an order at the provider's page."""

from auction_app.accounts.model import Customer
from auction_app.db.store import Store
from auction_app.errors import NotFound, NotPossible
from auction_app.orders.model import UNPAID_YET, Order, Side
from auction_app.orders.repository import orders
from auction_app.payments.model import Payment
from auction_app.payments.open_checkout import begin_checkout, open_checkout, owe
from auction_app.payments.provider import Provider


def pay(store: Store, provider: Provider, order_id: str, buyer: Customer, *, sweep_ms: int) -> str:
    """Where the buyer goes to pay price and postage; pressed twice, it is the same page.

    Blocks for the provider. Raises NotFound (also to strangers and the seller), NotPossible,
    ProviderAway, ProviderRefused.
    """
    with store.begin() as act:
        order = orders.locked(act.conn, order_id)
        if order is None or order.buyer_id != buyer.id:
            raise NotFound("no such order")
        if order.status not in UNPAID_YET or order.on_hold or order.total is None:
            raise NotPossible("pay")
        payment = owe(
            act,
            act.urls.order(order.id),
            order.auction_id,
            order.total,
            buyer_id=order.buyer_id,
            seller_id=order.seller_id,
        )
        checkout = begin_checkout(act, payment)
    return open_checkout(
        store, provider, payment, checkout, buyer=buyer, title=order.title, sweep_ms=sweep_ms
    )


def may_pay(order: Order, side: Side, payment: Payment | None) -> bool:
    """Whether a side of an order may go to the provider's page now."""
    is_owed = payment is None or not (payment.is_paid or payment.trouble)
    may_be_paid = order.status in UNPAID_YET and not order.on_hold
    return side == "buyer" and may_be_paid and is_owed
