"""The countries that something may be sent to, by their ISO 3166 codes of two letters."""

import re
from functools import cache

from babel import Locale
from flask_babel import get_locale

from auction_app.web.i18n import LANGUAGES

_NONE_OF_THEM = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
_NAMED = frozenset.intersection(*(frozenset(Locale(it).territories) for it in LANGUAGES))
COUNTRIES = tuple(sorted(code for code in _NAMED - _NONE_OF_THEM if re.fullmatch("[A-Z]{2}", code)))
"""What Babel has names for in all our languages, but groups of them and its placeholders."""


def country_word(code: str) -> str:
    """A country in the visitor's language."""
    return _names(str(get_locale() or "en"))[code]


def countries_by_name() -> list[str]:
    """All codes in the order of their names in the visitor's language."""
    names = _names(str(get_locale() or "en"))
    return sorted(COUNTRIES, key=lambda code: names[code].casefold())


@cache
def _names(locale: str) -> dict[str, str]:
    return {code: Locale.parse(locale).territories[code] for code in COUNTRIES}
