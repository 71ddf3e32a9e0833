"""Ask the provider how far checkouts are, and move their payments: the only way that they move."""

from service_kit.backoff import backoff_s
from service_kit.logs import get_logger

from auction_app.db.store import Store
from auction_app.db.unit_of_work import UnitOfWork
from auction_app.errors import ProviderAway, ProviderRefused
from auction_app.payments import repository as payments
from auction_app.payments.model import (
    Checkout,
    CheckoutStatus,
    Moves,
    Payment,
    PaymentStatus,
    Seen,
    decide,
)
from auction_app.payments.move_payment import move_payment
from auction_app.payments.provider import Provider
from auction_app.payments.provider_units import provider_units

log = get_logger(__name__)

_BATCH = 20
_LONGEST_PAUSE_S = 60
_REFUND_PENDING_MS = 60_000
_KEEP_EVENTS_MS = 30 * 24 * 3600 * 1000


def look_at_checkouts(store: Store, provider: Provider, sweep_ms: int) -> int:
    """Look at those that are due, because a webhook said so, or because nothing was heard of them
    for `sweep_ms`; returns how many. Blocks for the provider.

    Killed halfway it looks again. Where the provider does not answer, 1 s doubling to 60 s. What
    can't be right, such as another amount than was asked for, is left to people as `trouble`.
    """
    with store.reading() as conn:
        found = payments.due(conn, now_ms=store.clock(), limit=_BATCH)
    for checkout in found:
        try:
            _look(store, provider, checkout, sweep_ms)
        except ProviderAway as error:
            _put_off(store, checkout, error)
        except ProviderRefused as error:
            with store.begin() as act:
                _give_up(act, checkout, "refused", str(error))
    return len(found)


def forget_old_events(act: UnitOfWork) -> None:
    """Forget what the provider told long ago: it repeats nothing for so long."""
    payments.forget_events(act.conn, before_ms=act.now_ms - _KEEP_EVENTS_MS)


def _look(store: Store, provider: Provider, checkout: Checkout, sweep_ms: int) -> None:
    if checkout.status is CheckoutStatus.REFUNDING:
        with store.reading() as conn:
            payment = payments.by_id(conn, checkout.payment_id)
        if payment is None:
            raise ProviderRefused("nobody knows what it was for")
        is_back = provider.refund(checkout, payment.amount)
        with store.begin() as act:
            _keep_refund(act, checkout, is_back=is_back)
        return
    is_closing = checkout.status is CheckoutStatus.CLOSING
    seen = (provider.expire if is_closing else provider.look)(checkout)
    with store.begin() as act:
        _keep(act, checkout, seen, sweep_ms)


def _keep(act: UnitOfWork, before: Checkout, seen: Seen, sweep_ms: int) -> None:
    payment = payments.locked(act.conn, before.payment_id)
    checkout = payments.checkout_by_id(act.conn, before.id)
    if payment is None or checkout is None or not checkout.is_undecided:
        return
    moves = decide(payment, checkout, seen, provider_units(payment.amount))
    if moves.trouble:
        _give_up(act, checkout, moves.trouble, f"{seen.amount_minor} {seen.currency}")
        return
    _move(act, payment, checkout, moves)
    payments.change_checkout(act.conn, checkout.id, charge_id=seen.charge_id)
    payments.look_again(act.conn, before, at_ms=_next_look_ms(moves, act.now_ms, sweep_ms))


def _move(act: UnitOfWork, payment: Payment, checkout: Checkout, moves: Moves) -> None:
    if moves.checkout is not None:
        payments.change_checkout(act.conn, checkout.id, status=moves.checkout.value)
        log.info("checkout", checkout=checkout.id, payment=payment.id, status=moves.checkout.value)
    if moves.payment is not None:
        move_payment(act, payment, moves.payment)


def _next_look_ms(moves: Moves, now_ms: int, sweep_ms: int) -> int | None:
    if moves.checkout is CheckoutStatus.REFUNDING:
        return now_ms
    return now_ms + sweep_ms if moves.checkout is None else None


def _keep_refund(act: UnitOfWork, checkout: Checkout, *, is_back: bool) -> None:
    if not is_back:
        later_ms = act.now_ms + _REFUND_PENDING_MS
        payments.look_again(act.conn, checkout, at_ms=later_ms)
        return
    payment = payments.locked(act.conn, checkout.payment_id)
    refunded = CheckoutStatus.REFUNDED.value
    payments.change_checkout(act.conn, checkout.id, status=refunded, look_at_ms=None)
    # What was paid twice is given back without its payment: that stays paid.
    if payment is not None and payment.status is PaymentStatus.REFUNDING:
        move_payment(act, payment, PaymentStatus.REFUNDED)


def _give_up(act: UnitOfWork, checkout: Checkout, trouble: str, why: str) -> None:
    log.error("checkout is a dead letter", checkout=checkout.id, trouble=trouble, why=why)
    payments.change_checkout(act.conn, checkout.id, trouble=trouble, look_at_ms=None)
    payments.set_trouble(act.conn, checkout.payment_id, trouble)
    act.announce("payments", "update", act.urls.payment(checkout.payment_id))


def _put_off(store: Store, checkout: Checkout, why: Exception) -> None:
    pause_s = backoff_s(checkout.failures + 1, longest_s=_LONGEST_PAUSE_S)
    log.info("provider not asked", checkout=checkout.id, why=str(why), retry_in_s=round(pause_s, 1))
    with store.begin() as act:
        payments.look_again(
            act.conn,
            checkout,
            at_ms=act.now_ms + round(pause_s * 1000),
            failures=checkout.failures + 1,
        )
