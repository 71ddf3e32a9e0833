"""What is booked of a payment: pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service_kit.money import Money

from accounting_service.model.entries import entries_of
from accounting_service.model.journal import Account, Journal, Kind, check_balanced
from accounting_service.model.payment import LARGEST_MINOR, Payment
from accounting_service.model.rates import rate_at, rates
from accounting_service.model.statement import line_of

RATES = rates("2026-01-01 10% 1.5%+25")


def payment(minor: int, currency: str = "EUR", **times: int) -> Payment:
    amount = Money(minor, currency)
    return Payment(url="http://h/p/1", seller_url="http://h/c/sam", amount=amount, **times)


def sums(*journals: Journal) -> dict[str, int]:
    found: dict[str, int] = {}
    for journal in journals:
        for one in journal.postings:
            found[one.account.value] = found.get(one.account.value, 0) + one.amount_minor
    return found


def test_of_what_is_not_paid_nothing_is_booked() -> None:
    assert entries_of(payment(2500), RATES) == ()


def test_a_payment_is_owed_to_its_seller_less_the_fee_and_the_provider_keeps_its_costs() -> None:
    (paid,) = entries_of(payment(2500, paid_at_ms=1), RATES)
    assert paid.kind is Kind.PAID
    assert sums(paid) == {"provider": 2437, "seller": -2250, "fees": -250, "provider-costs": 63}


def test_a_refund_takes_back_all_but_the_providers_costs() -> None:
    both = entries_of(payment(2500, paid_at_ms=1, refunded_at_ms=2), RATES)
    assert [one.kind for one in both] == [Kind.PAID, Kind.REFUNDED]
    assert sums(*both) == {"provider": -63, "seller": 0, "fees": 0, "provider-costs": 63}
    lines = [line_of(one, "http://h/c/sam") for one in both]
    assert [str(it.net) for it in lines] == ["22.50 EUR", "-22.50 EUR"]
    assert [str(it.amount) for it in lines] == ["25.00 EUR", "-25.00 EUR"]


@given(
    minor=st.integers(1, LARGEST_MINOR),
    commission=st.integers(0, 9999),
    costs=st.integers(0, 9999),
    fixed=st.integers(0, 999_999),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_whatever_the_amount_and_the_rates_every_journal_balances(
    minor: int, commission: int, costs: int, fixed: int, currency: str
) -> None:
    text = f"{commission // 100}.{commission % 100:02}% {costs // 100}.{costs % 100:02}%+{fixed}"
    paid = payment(minor, currency, paid_at_ms=1, refunded_at_ms=2)
    both = entries_of(paid, rates(f"2026-01-01 {text}"))
    for journal in both:
        check_balanced(journal)
    sold = sums(both[0])
    assert -sold.get(Account.SELLER, 0) - sold.get(Account.FEES, 0) == minor


def test_the_rate_is_that_of_the_day_of_the_payment() -> None:
    table = rates("2026-01-01 10% 1.5%+25, 2026-07-01 9.5% 2%")
    january, july = table
    assert rate_at(table, 0) is january
    assert rate_at(table, july.from_ms - 1) is january
    assert rate_at(table, july.from_ms) is july
    assert (july.commission, july.costs, july.costs_minor) == (950, 200, 0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10%",
        "2026-01-01 10%",
        "2026-02-30 10% 1%",
        "2026-01-01 100% 1%",
        "2026-01-01 -1% 1%",
        "2026-01-01 10% 1%+x",
        "2026-01-01 10% 1%,",
        "2026-07-01 10% 1%, 2026-01-01 9% 1%",
        "2026-01-01 10% 1%, 2026-01-01 9% 1%",
        "2026-01-01 1\u0660% 1%",
    ],
)
def test_a_table_of_rates_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be rows such as"):
        rates(text)
