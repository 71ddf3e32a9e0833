"""The visitor's language."""

from typing import Any

from flask import request
from flask_babel import gettext, ngettext

LANGUAGES = ("en",)


def _(message: str, **variables: Any) -> str:
    """The message in the visitor's language, with its %(name)s filled in."""
    return str(gettext(message, **variables))


def plural(one: str, many: str, num: int) -> str:
    """One of two messages, as the visitor's language counts; %(num)d is filled in."""
    return str(ngettext(one, many, num))


def viewer_locale() -> str:
    """The best of our languages for this browser."""
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]
