"""The visitor's language, time zone, and way to write numbers."""

from collections.abc import Callable, Collection, Iterator
from functools import cache, lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from babel.core import Locale, get_global, negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import get_currency_symbol, get_decimal_symbol, get_territory_currencies
from babel.support import Translations
from flask import Flask, g, request
from flask_babel import Babel, get_locale
from markupsafe import Markup
from service_kit.local_time import zone_named
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

LANGUAGES = {"en": "English", "de": "Deutsch"}
LANGUAGE_COOKIE = "gavel_language"
ZONE_COOKIE = "gavel_zone"
HOUSE_ZONE = "UTC"
FOLDER = Path(__file__).parent.parent / "translations"


class Member(Protocol):
    """What an account says of its owner's language and zone."""

    @property
    def locale(self) -> str:
        """A language of ours."""

    @property
    def time_zone(self) -> str | None:
        """None until one is chosen."""


def install_language(app: Flask, member: Callable[[], Member | None]) -> None:
    """Let pages, labels and formats follow the visitor's language and time zone; `member` is who
    is signed in to the current request."""

    @app.before_request
    def prepare() -> None:
        g.ask_member = member

    Babel(app, locale_selector=viewer_locale, timezone_selector=lambda: viewer_zone().key)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: _catalogue().gettext(message),
        lambda one, many, num: _catalogue().ngettext(one, many, num),
        newstyle=True,
    )
    # Jinja's own fills in names even where there are none, and a page has sixty messages.
    app.jinja_env.globals.update({"_": _marked, "gettext": _marked})


def _(message: str, **variables: Any) -> str:
    """The message in the visitor's language, with its %(name)s filled in."""
    text = _catalogue().gettext(message)
    return text % variables if variables else text


def _marked(message: str, **variables: Any) -> Markup:
    text = Markup(_catalogue().gettext(message))  # noqa: S704 - our own words
    return text % variables if "%" in text else text


def plural(one: str, many: str, num: int) -> str:
    """One of two messages, as the visitor's language counts; %(num)d is filled in."""
    return _catalogue().ngettext(one, many, num) % {"num": num}


def viewer_locale() -> str:
    """What the account says, else what was chosen here, else the best of ours for this browser."""
    who = _member()
    chosen = who.locale if who else request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    wanted = list(request.accept_languages.values())  # the best first; "de-AT" is served by "de"
    return negotiate_locale(wanted, list(LANGUAGES), sep="-") or "en"


def language() -> str:
    """The request's language, looked up once: a page asks for it a hundred times."""
    found: str | None = g.get("language")
    if found is None:
        found = g.language = viewer_locale()
    return found


def style() -> str:
    """The locale in which amounts and moments are written: the language as it is written where the
    visitor's browser comes from, such as en_GB, looked up once a request."""
    found: str | None = g.get("style")
    if found is None:
        found = g.style = _style(language(), request.headers.get("Accept-Language", ""))
    return found


_STYLES = ("en_GB", "en_IE", "en_AU", "en_NZ")
"""What differs from its language in how days, hours and currencies are written, and not in how
numbers are."""


@lru_cache(maxsize=1_000)  # browsers of a kind and country say the same
def _style(spoken: str, accepted: str) -> str:
    for wanted in parse_accept_header(accepted, LanguageAccept).values():
        name = wanted.replace("-", "_").casefold()
        found = next((one for one in _STYLES if one.casefold() == name), spoken)
        if name.startswith(spoken):
            return found
    return spoken


def _catalogue() -> NullTranslations:
    return catalogue(language())


def _member() -> Member | None:
    ask: Callable[[], Member | None] | None = g.get("ask_member")
    return ask() if ask else None


@cache
def catalogue(language: str) -> NullTranslations:
    """The messages of a language; the messages themselves where it has no file (English).

    Read once in a process: about 20 ms.
    """
    path = po_file(language)
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def po_file(language: str) -> Path:
    """Where the translations of a language are written."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def zone_is_chosen() -> bool:
    """Whether the account names the zone, whatever the browser says."""
    who = _member()
    return who is not None and who.time_zone is not None


def viewer_zone() -> ZoneInfo:
    """The zone that the account says, else what the browser told us, else the house's; looked up
    once a request."""
    found: ZoneInfo | None = g.get("zone")
    if found is None:
        who = _member()
        chosen = who.time_zone if who else None
        found = g.zone = zone_named(chosen or request.cookies.get(ZONE_COOKIE), HOUSE_ZONE)
    return found


def viewer_currency(known: Collection[str]) -> str | None:
    """What is paid with where the visitor is, as their zone and then their browser's language say;
    None where it is none of these."""
    spent = (it for where in _territories() for it in get_territory_currencies(where))
    return next((currency for currency in spent if currency in known), None)


def _territories() -> Iterator[str]:
    zoned = get_global("zone_territories").get(viewer_zone().key)
    if zoned:
        yield zoned
    for wanted in request.accept_languages.values():
        territory = wanted.replace("_", "-").rpartition("-")[2]
        if len(territory) == 2 and "-" in wanted:
            yield territory.upper()
    likely = get_global("likely_subtags").get(language())
    spoken = Locale.parse(likely).territory if likely else None
    if spoken:
        yield spoken


def decimal_mark() -> str:
    """ "." or ",", as the visitor's language has it."""
    return get_decimal_symbol(get_locale())


def currency_symbol(currency: str) -> str:
    """ "$" for USD, "US$" in Australia, as pages write it; the code itself for an unknown one."""
    return get_currency_symbol(currency, style())
