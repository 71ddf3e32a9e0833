"""Reading amounts that people type."""

import pytest
from babel.numbers import get_currency_symbol, get_decimal_symbol
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st
from service_kit.errors import NotAnAmount
from service_kit.local_money import written
from service_kit.money import Money

from auction_app.errors import AmountUnclear
from auction_app.listings.increments import default_increments
from auction_app.web.amounts import read_amount
from auction_app.web.formats import time_left


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("12", 1200),
        ("12.5", 1250),
        ("12,5", 1250),
        ("12.50", 1250),
        (" $12.50 ", 1250),
        ("USD 12.50", 1250),
        ("12,50 USD", 1250),
        ("1,234.50", 123450),
        ("1.234,50", 123450),
        ("1 234,50", 123450),
        ("1\u202f234,50", 123450),
        ("1'234.50", 123450),
        ("1\u2019234", 123400),
        ("1,234,567", 123456700),
        ("1.234.567,8", 123456780),
        ("1 234", 123400),
        ("0.01", 1),
    ],
)
def test_amounts_are_read_as_written(typed: str, minor: int) -> None:
    for mark in ".,":
        assert read_amount(typed, "USD", decimal_mark=mark, symbol="$") == Money(minor, "USD")


@pytest.mark.parametrize("typed", ["1.234", "1,234", "12.345", "123,456"])
def test_what_two_readers_would_read_differently_is_refused(typed: str) -> None:
    for mark in ".,":
        with pytest.raises(AmountUnclear):
            read_amount(typed, "USD", decimal_mark=mark)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-1",
        "+1",
        "1e5",
        "0x1f",
        "12.",
        ".5",
        "1.2345",
        "1234.567",
        "1,23,456",
        "1 2",
        "1.234 567",
        "1.2,3,4",
        "12.3.4",
        "1,234.567",
        "€12",
        "EUR 12",
        "١٢",
        "½",
        "9" * 16,
        "NaN",
        "Infinity",
        "1_000",
    ],
)
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises((NotAnAmount, AmountUnclear)):
        read_amount(typed, "USD", decimal_mark=".", symbol="$")


def test_currencies_without_and_with_three_decimals() -> None:
    assert read_amount("1500", "JPY", decimal_mark=".") == Money(1500, "JPY")
    with pytest.raises(NotAnAmount):
        read_amount("15.5", "JPY", decimal_mark=".")
    assert read_amount("1.234", "KWD", decimal_mark=".") == Money(1234, "KWD")
    assert read_amount("1,234", "KWD", decimal_mark=",") == Money(1234, "KWD")
    with pytest.raises(AmountUnclear):
        read_amount("1,234", "KWD", decimal_mark=".")


@given(st.text(max_size=30), st.sampled_from(".,"), st.sampled_from(["USD", "JPY", "KWD"]))
def test_anything_typed_is_an_amount_or_refused(typed: str, mark: str, currency: str) -> None:
    try:
        money = read_amount(typed, currency, decimal_mark=mark)
    except (NotAnAmount, AmountUnclear):
        return
    assert money.amount_minor >= 0


@given(st.integers(0, 10**12), st.sampled_from(".,"), st.sampled_from(["USD", "JPY", "KWD"]))
def test_every_amount_reads_back_as_it_is_written(minor: int, mark: str, currency: str) -> None:
    money = Money(minor, currency)

    typed = money.amount.replace(".", mark)

    assert read_amount(typed, currency, decimal_mark=mark) == money


@given(
    st.integers(0, 10**12),
    st.sampled_from(["en", "en_GB", "en_NZ", "de"]),
    st.sampled_from("USD EUR HUF JPY KRW XOF CLP KWD IQD".split()),
)
def test_what_a_page_writes_can_be_typed(minor: int, style: str, currency: str) -> None:
    money, mark = Money(minor, currency), get_decimal_symbol(style)
    symbol = get_currency_symbol(currency, style)
    page = written(money, style)

    for typed in (page, page.replace(symbol, "").strip()):
        assert read_amount(typed, currency, decimal_mark=mark, symbol=symbol) == money


@pytest.mark.parametrize(
    ("typed", "yen"), [("1,500", 1500), ("1.500", 1500), ("12,000,000", 12_000_000), ("¥999", 999)]
)
def test_a_currency_without_decimals_has_groups_only(typed: str, yen: int) -> None:
    for mark in ".,":
        assert read_amount(typed, "JPY", decimal_mark=mark, symbol="¥") == Money(yen, "JPY")


def test_the_default_increments_follow_the_currency() -> None:
    assert default_increments("USD")[0] == (1, 5)
    assert default_increments("JPY")[1] == (100, 25)
    assert default_increments("KWD")[1] == (1000, 250)
    for currency in ("USD", "JPY", "KWD"):
        starts = [start for start, _ in default_increments(currency)]
        assert starts == sorted(set(starts))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (9, "9 s"),
        (70, "1 min 10 s"),
        (600, "10 min"),
        (3600, "1 h"),
        (3660, "1 h 1 min"),
        (86_400, "1 day"),
        (2 * 86_400 + 3 * 3600 + 59, "2 days 3 h"),
    ],
)
def test_time_left_names_the_two_largest_units(seconds: int, text: str) -> None:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        assert time_left(seconds * 1000) == text
