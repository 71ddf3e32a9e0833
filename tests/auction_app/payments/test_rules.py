"""What a look at the provider makes of a payment, and how the provider counts."""

import itertools

import pytest
from service_kit.money import Money

from auction_app.errors import NotPossible
from auction_app.payments.model import (
    Checkout,
    CheckoutStatus,
    Moves,
    Payment,
    PaymentStatus,
    Seen,
    decide,
    may_become,
)
from auction_app.payments.provider_units import is_chargeable, provider_units

AFTER = {
    "due": {"open", "paid"},
    "open": {"paid", "failed", "expired"},
    "failed": {"paid", "expired"},
    "expired": {"open", "paid"},
    "paid": {"refunding"},
    "refunding": {"refunded"},
    "refunded": set(),
}


@pytest.mark.parametrize(("now", "wanted"), list(itertools.product(PaymentStatus, PaymentStatus)))
def test_a_payment_only_moves_forward(now: PaymentStatus, wanted: PaymentStatus) -> None:
    assert may_become(now, wanted) is (wanted.value in AFTER[now.value])


@pytest.mark.parametrize(
    ("minor", "currency", "units"),
    [
        (1250, "EUR", 1250),
        (1, "USD", 1),
        (1250, "JPY", 1250),
        (1250, "KRW", 1250),
        (1250, "ISK", 125_000),
        (1250, "UGX", 125_000),
        (1230, "KWD", 1230),
        (99_999_999, "EUR", 99_999_999),
    ],
)
def test_the_provider_counts_in_its_own_units(minor: int, currency: str, units: int) -> None:
    assert provider_units(Money(minor, currency)) == units


@pytest.mark.parametrize(
    ("minor", "currency"),
    [(0, "EUR"), (-1, "EUR"), (1234, "KWD"), (100_000_000, "EUR"), (1000, "LYD")],
)
def test_what_it_cannot_count_it_does_not_take(minor: int, currency: str) -> None:
    assert not is_chargeable(Money(minor, currency))
    with pytest.raises(NotPossible):
        provider_units(Money(minor, currency))


def test_what_is_not_agreed_on_cannot_be_charged() -> None:
    assert not is_chargeable(None)


def payment(status: str) -> Payment:
    return Payment(
        id="p",
        order_url="http://a/orders/o",
        auction_id="a",
        buyer_id="b",
        seller_id="s",
        amount=Money(2600, "USD"),
        status=PaymentStatus(status),
    )


def seen(status: str, amount: int = 2600, currency: str = "USD", declined: bool = False) -> Seen:
    return Seen(
        status=CheckoutStatus(status), amount_minor=amount, currency=currency, declined=declined
    )


@pytest.mark.parametrize(
    ("was", "told", "moves"),
    [
        ("open", seen("open"), Moves()),
        ("open", seen("open", declined=True), Moves(payment=PaymentStatus.FAILED)),
        ("failed", seen("open", declined=True), Moves()),
        ("paid", seen("open", declined=True), Moves()),
        ("open", seen("expired"), Moves(CheckoutStatus.EXPIRED, PaymentStatus.EXPIRED)),
        ("failed", seen("expired"), Moves(CheckoutStatus.EXPIRED, PaymentStatus.EXPIRED)),
        ("paid", seen("expired"), Moves(CheckoutStatus.EXPIRED)),
        ("open", seen("paid"), Moves(CheckoutStatus.PAID, PaymentStatus.PAID)),
        ("failed", seen("paid"), Moves(CheckoutStatus.PAID, PaymentStatus.PAID)),
        ("expired", seen("paid"), Moves(CheckoutStatus.PAID, PaymentStatus.PAID)),
        ("paid", seen("paid"), Moves(CheckoutStatus.REFUNDING)),
        ("refunded", seen("paid"), Moves(CheckoutStatus.REFUNDING)),
        ("open", seen("paid", amount=2599), Moves(trouble="amount")),
        ("open", seen("paid", currency="EUR"), Moves(trouble="currency")),
    ],
)
def test_what_the_provider_says_moves_checkout_and_payment(
    was: str, told: Seen, moves: Moves
) -> None:
    checkout = Checkout(id="c", payment_id="p", status=CheckoutStatus.OPEN, created_at_ms=0)
    assert decide(payment(was), checkout, told, 2600) == moves


def test_a_checkout_that_is_over_moves_nothing() -> None:
    checkout = Checkout(id="c", payment_id="p", status=CheckoutStatus.PAID, created_at_ms=0)
    assert decide(payment("paid"), checkout, seen("paid"), 2600) == Moves()
