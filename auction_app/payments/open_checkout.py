"""Send a buyer to the provider's page."""

from service_kit.money import Money

from auction_app.accounts.model import Customer
from auction_app.db.ids import new_id, new_key
from auction_app.db.store import Store
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import NotPossible, ProviderRefused
from auction_app.payments import repository as payments
from auction_app.payments.model import Checkout, CheckoutStatus, Payment, PaymentStatus
from auction_app.payments.move_payment import move_payment
from auction_app.payments.provider import Provider
from auction_app.payments.provider_units import provider_units

_GOOD_FOR_MS = 22 * 3600 * 1000
"""An older one is about to expire, and the provider forgets its key."""


def owe(
    act: UnitOfWork,
    order_url: str,
    auction_id: str,
    amount: Money,
    *,
    buyer_id: str,
    seller_id: str,
) -> Payment:
    """The payment of an order, made if there is none. Raises NotPossible: nobody can take such an
    amount."""
    provider_units(amount)
    owed = Payment(
        id=new_id(),
        order_url=order_url,
        auction_id=auction_id,
        buyer_id=buyer_id,
        seller_id=seller_id,
        amount=amount,
        status=PaymentStatus.DUE,
    )
    payments.add(act.conn, owed, now_ms=act.now_ms)
    known = payments.of_order(act.conn, order_url)
    assert known is not None
    if known.id == owed.id:
        act.announce("payments", "create", act.urls.payment(known.id))
    return known


def begin_checkout(act: UnitOfWork, payment: Payment) -> Checkout:
    """The one checkout at which it can be made now: pressed twice, it is the same. Raises
    NotPossible: it is paid, or in trouble."""
    # As it is under the lock: what was found to be paid since it was read has no open checkout any
    # more, and would be charged at another one.
    now = payments.locked(act.conn, payment.id)
    if now is None or now.is_paid or now.trouble:
        raise NotPossible("pay")
    since_ms = act.now_ms - _GOOD_FOR_MS
    found = payments.open_checkout_of(act.conn, payment.id, made_after_ms=since_ms)
    if found is not None:
        return found
    begun = Checkout(
        id=new_key(),
        payment_id=payment.id,
        status=CheckoutStatus.OPEN,
        created_at_ms=act.now_ms,
    )
    payments.add_checkout(act.conn, begun)
    return begun


def open_checkout(
    store: Store,
    provider: Provider,
    payment: Payment,
    checkout: Checkout,
    *,
    buyer: Customer,
    title: str,
    sweep_ms: int,
) -> str:
    """Where the buyer goes to pay. Blocks for the provider; killed halfway, the next press gets
    the same page. Raises NotPossible, ProviderAway, ProviderRefused."""
    if checkout.url is not None:
        return checkout.url
    opened = provider.open(payment, checkout, title=title, email=buyer.email)
    with store.begin() as act:
        now = payments.locked(act.conn, payment.id)
        kept = payments.checkout_by_id(act.conn, checkout.id)
        is_open = kept is not None and kept.status is CheckoutStatus.OPEN
        if payments.is_anothers(act.conn, opened.provider_id, checkout.id):
            raise ProviderRefused("its page is another checkout's")
        payments.change_checkout(
            act.conn,
            checkout.id,
            provider_id=opened.provider_id,
            url=opened.url,
            look_at_ms=act.now_ms + (sweep_ms if is_open else 0),
        )
        if now is not None and is_open:
            move_payment(act, now, PaymentStatus.OPEN)
    if not is_open:  # the order was cancelled meanwhile
        raise NotPossible("pay")
    return opened.url
