"""Amounts as people read and write them in their own language."""

from copy import copy
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.numbers import NumberPattern

from service_kit.money import Money, exponent_of


def written(money: Money, locale: Locale | str) -> str:
    """Such as "$1,250.00" in English and "1.250,00 $" in German (with its no-break space).

    All decimals of the currency are shown: babel leaves out those that are seldom used, as the
    Iraqi dinar's, with which an amount would read as another.
    """
    pattern = _pattern(str(locale), exponent_of(money.currency))
    return str(
        pattern.apply(Decimal(money.amount), locale, currency=money.currency, currency_digits=False)
    )


@cache
def _pattern(locale: str, decimals: int) -> NumberPattern:
    pattern: NumberPattern = copy(Locale.parse(locale).currency_formats["standard"])
    pattern.frac_prec = (decimals, decimals)
    return pattern
