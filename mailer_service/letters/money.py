"""Amounts as the reader writes them."""

from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.numbers import format_currency
from service_kit.money import Money

DEFAULT_LOCALE = "en"


def locale_of(tag: str) -> Locale:
    """The locale of a language tag such as "de", "de-AT" or "de_AT"; English for one unknown."""
    try:
        return Locale.parse(tag.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(DEFAULT_LOCALE)


def in_words(money: Money, locale: Locale) -> str:
    """Such as "$1,250.00" in English and "1.250,00 $" in German (with its no-break space)."""
    return format_currency(Decimal(money.amount), money.currency, locale=locale)
