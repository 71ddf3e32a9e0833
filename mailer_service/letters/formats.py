"""Amounts and times as the reader writes them, and the languages that mails are written in."""

from functools import cache

from babel import Locale, UnknownLocaleError
from service_kit import local_money
from service_kit.local_time import written, zone_named
from service_kit.money import Money

LANGUAGES = ("en", "de")
"""The first is for whoever reads none of them."""


@cache
def locale_of(tag: str) -> Locale:
    """The locale of a language tag such as "de", "de-AT" or "de_AT"; English for one unknown."""
    try:
        return Locale.parse(tag.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(LANGUAGES[0])


def language_of(locale: Locale) -> str:
    """The language that a mail is written in for a reader of that locale."""
    return locale.language if locale.language in LANGUAGES else LANGUAGES[0]


def amount_in_words(money: Money, locale: Locale) -> str:
    """Such as "$1,250.00" in English and "1.250,00 $" in German (with its no-break space)."""
    return local_money.written(money, locale)


def time_in_words(at_ms: int, locale: Locale, time_zone: str) -> str:
    """Such as "Nov 21, 2026, 2:30 PM CET" and "21.11.2026, 14:30 MEZ"; in the mail's language."""
    language = locale if locale.language in LANGUAGES else Locale.parse(LANGUAGES[0])
    return written(at_ms, zone_named(time_zone), language)
