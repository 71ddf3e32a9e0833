"""What happens between a look at the provider and what is made of it."""

from collections.abc import Callable

import pytest
from service_kit.money import Money

from auction_app.bidding.refresh_projection import refresh_projection
from auction_app.errors import NotPossible, ProviderAway
from auction_app.payments import repository as payments
from auction_app.payments.look_at_checkouts import look_at_checkouts
from auction_app.payments.model import Checkout, Payment, PaymentStatus, Seen
from auction_app.payments.open_checkout import begin_checkout
from auction_app.payments.provider import OpenedCheckout, Told
from auction_app.worker import FETCHES
from tests.auction_app.bidding.test_projection import deliver
from tests.auction_app.conftest import PUBLIC
from tests.auction_app.payments.conftest import SWEEP_S, Shop


class Meanwhile:
    """The till, but something happens after it was asked and before its answer is here."""

    def __init__(self, shop: Shop, happens: Callable[[], None]) -> None:
        desk = shop.world.parts.desk
        assert desk is not None
        self._provider, self._happens = desk.provider, happens

    def open(
        self, payment: Payment, checkout: Checkout, *, title: str, email: str
    ) -> OpenedCheckout:
        return self._provider.open(payment, checkout, title=title, email=email)

    def look(self, checkout: Checkout) -> Seen:
        seen = self._provider.look(checkout)
        self._happens()
        return seen

    def expire(self, checkout: Checkout) -> Seen:
        return self._provider.expire(checkout)

    def refund(self, checkout: Checkout, amount: Money) -> bool:
        return self._provider.refund(checkout, amount)

    def told(self, body: bytes, signature: str, *, now_s: int) -> Told:
        return self._provider.told(body, signature, now_s=now_s)


def checkout_of(shop: Shop) -> str:
    (session,) = shop.till.ledger.all_of("checkout.session")
    return str(session["metadata"]["checkout"])


def test_who_is_told_while_it_looks_looks_again(shop: Shop) -> None:
    url = shop.begin()
    checkout = checkout_of(shop)

    def pay_and_tell() -> None:
        shop.world.clock.pass_s(1)
        shop.till.press(url, "pay-and-never-tell")
        with shop.world.parts.begin() as act:
            payments.look_now(act.conn, checkout, now_ms=act.now_ms)

    shop.world.clock.pass_s(SWEEP_S)
    look_at_checkouts(shop.world.parts.store, Meanwhile(shop, pay_and_tell), SWEEP_S * 1000)
    assert shop.order_status() == "agreed"

    shop.work()
    assert shop.order_status() == "paid"


def test_two_that_look_at_once_move_it_once(shop: Shop) -> None:
    shop.till.press(shop.begin(), "pay-and-never-tell")
    shop.world.clock.pass_s(SWEEP_S)

    look_at_checkouts(shop.world.parts.store, Meanwhile(shop, shop.work), SWEEP_S * 1000)
    shop.work()

    assert shop.steps_by() == [("agreed", "house"), ("paid", "house")]
    assert [it[1] for it in shop.world.announced() if it[0] == "payments"] == [
        "create",
        "update",
        "update",
    ]


def test_who_pressed_again_while_it_was_found_to_be_paid_gets_no_other_page(shop: Shop) -> None:
    shop.pay("pay-and-never-tell")
    as_it_was = shop.payment()
    shop.world.clock.pass_s(SWEEP_S)
    shop.work()

    with pytest.raises(NotPossible), shop.world.parts.begin() as act:
        begin_checkout(act, as_it_was)

    assert shop.payment().status is PaymentStatus.PAID
    assert shop.till.count("checkout.session") == 1


def test_a_provider_that_is_away_is_asked_later_and_later(shop: Shop) -> None:
    shop.till.press(shop.begin(), "pay-and-never-tell")

    def go_away() -> None:
        raise ProviderAway("gone")

    away, store = Meanwhile(shop, go_away), shop.world.parts.store
    shop.world.clock.pass_s(SWEEP_S)
    assert look_at_checkouts(store, away, SWEEP_S * 1000) == 1
    assert look_at_checkouts(store, away, SWEEP_S * 1000) == 0
    shop.world.clock.pass_s(1)
    assert look_at_checkouts(store, away, SWEEP_S * 1000) == 1
    shop.world.clock.pass_s(2)
    shop.work()
    assert shop.order_status() == "paid"


def test_a_payment_that_nobody_told_of_is_found_after_a_resync(shop: Shop) -> None:
    shop.pay()
    shop.world.clock.pass_s(SWEEP_S)
    desk = shop.world.parts.desk
    assert desk is not None
    look_at_checkouts(shop.world.parts.store, desk.provider, desk.sweep_ms)
    assert shop.payment().status is PaymentStatus.PAID
    assert shop.order_status() == "agreed"  # the event of it is lost

    assert deliver(shop.world, ("bus", f"{PUBLIC}/events"), type="resync").status_code == 204
    refresh_projection(shop.world.parts.store, shop.world.parts.gateway, FETCHES)
    assert shop.order_status() == "paid"
