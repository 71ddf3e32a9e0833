"""The visitor's language."""

from gettext import NullTranslations
from typing import Any

from babel.core import negotiate_locale
from flask import Flask, g, request
from flask_babel import Babel, get_locale
from markupsafe import Markup

from auction_app.views.catalogue import catalogue
from auction_app.views.visitor import current_customer, viewer_zone

LANGUAGES = {"en": "English", "de": "Deutsch"}
LANGUAGE_COOKIE = "gavel_language"


def install_language(app: Flask) -> None:
    """Let pages, words and formats follow the visitor's language and time zone."""
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
    who = current_customer()
    chosen = who.locale if who else request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    wanted = list(request.accept_languages.values())  # the best first; "de-AT" is served by "de"
    return negotiate_locale(wanted, list(LANGUAGES), sep="-") or "en"


def language() -> str:
    """The request's language, looked up once: a page asks for it a hundred times."""
    found: str | None = g.get("language")
    if found is None:
        found = g.language = str(get_locale())
    return found


def _catalogue() -> NullTranslations:
    return catalogue(language())
