"""Money on the wire is a decimal string, inside it is integer minor units."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service_kit.errors import NotAnAmount
from service_kit.money import LARGEST_MINOR, Money


@pytest.mark.parametrize(
    ("amount", "currency", "minor", "written"),
    [
        ("12.50", "USD", 1250, "12.50"),
        ("1000", "JPY", 1000, "1000"),
        ("1.250", "KWD", 1250, "1.250"),
        ("-3.10", "USD", -310, "-3.10"),
        ("-0.05", "EUR", -5, "-0.05"),
    ],
)
def test_an_amount_is_read_and_written_with_its_currencys_decimals(
    amount: str, currency: str, minor: int, written: str
) -> None:
    money = Money.parse({"amount": amount, "currency": currency})
    assert money.amount_minor == minor
    assert money.to_wire() == {"amount": written, "currency": currency}


@pytest.mark.parametrize(
    "wire",
    [
        None,
        "12.50",
        12.5,
        [],
        {},
        {"amount": "1"},
        {"amount": "6", "currency": "USD"},
        {"amount": "6.5", "currency": "USD"},
        {"amount": "6.500", "currency": "USD"},
        {"amount": "6.0", "currency": "JPY"},
        {"amount": "6.00", "currency": "KWD"},
        {"amount": " 6.00", "currency": "USD"},
        {"amount": "\uff16.00", "currency": "USD"},
        {"amount": 1, "currency": "USD"},
        {"amount": "1", "currency": None},
        {"amount": "1.234", "currency": "USD"},
        {"amount": "1.5", "currency": "JPY"},
        {"amount": "1e3", "currency": "USD"},
        {"amount": "1,5", "currency": "USD"},
        {"amount": "", "currency": "USD"},
        {"amount": "01", "currency": "USD"},
        {"amount": "NaN", "currency": "USD"},
        {"amount": "\u0661", "currency": "USD"},
        {"amount": "9" * 30, "currency": "USD"},
        {"amount": "1", "currency": "XXX"},
        {"amount": "1", "currency": "USD", "more": 1},
    ],
)
def test_what_is_no_amount_is_refused(wire: object) -> None:
    with pytest.raises(NotAnAmount):
        Money.parse(wire)


@given(st.integers(-LARGEST_MINOR, LARGEST_MINOR), st.sampled_from(["USD", "JPY", "KWD"]))
def test_writing_and_reading_gives_the_same_money(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.parse(money.to_wire()) == money
