"""What a text field of a form may hold."""

import re
import unicodedata
from collections.abc import Mapping

from auction_app.errors import BadInput

_EMAIL = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@[^\s@<>\"(),:;\\\[\]]{1,189}")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9][a-z0-9-]*[a-z0-9]", re.I)
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Fields:
    """Reads the fields of one form and collects what is wrong with them."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self._form = form
        self.errors: dict[str, str] = {}

    def raw(self, name: str) -> str:
        """What was typed."""
        return self._form.get(name, "")

    def line(self, name: str, *, longest: int) -> str:
        """One line of text: trimmed, inner white space folded, at most `longest` characters."""
        return self._checked(name, " ".join(_clean(self.raw(name)).split()), longest)

    def paragraphs(self, name: str, *, longest: int) -> str:
        """Text with line breaks."""
        text = self.raw(name).replace("\r\n", "\n").replace("\r", "\n")
        return self._checked(name, _clean(text, keep="\n\t").strip(), longest)

    def email(self, name: str) -> str:
        """An e-mail address."""
        text = self._checked(name, self.raw(name).strip(), 254)
        if text and name not in self.errors and not is_email(text):
            self.refuse(name, "not_an_email")
        return text

    def new_password(self, name: str) -> str:
        """A password to set: its length is all that is asked of it."""
        text = self.raw(name)
        if len(text) < SHORTEST:
            self.refuse(name, "password_too_short")
        elif len(text) > LONGEST:
            self.refuse(name, "too_long")
        return text

    def refuse(self, name: str, word: str) -> None:
        """Note what is wrong with a field; the first complaint stays."""
        self.errors.setdefault(name, word)

    def finish(self) -> None:
        """Raises BadInput if any field was refused."""
        if self.errors:
            raise BadInput(self.errors)

    def _checked(self, name: str, text: str, longest: int) -> str:
        if not any(unicodedata.category(c)[0] not in "ZCM" for c in text):
            self.refuse(name, "missing")
        elif len(text) > longest:
            self.refuse(name, "too_long")
        return text


def is_email(text: str) -> bool:
    """Whether mail could be sent there: one @, no quoting, a domain with a dot."""
    if not text.isprintable() or not _EMAIL.fullmatch(text):
        return False
    local, _, domain = text.rpartition("@")
    plain = not (local.startswith(".") or local.endswith(".") or ".." in local)
    return plain and text.isascii() and _DOMAIN.fullmatch(domain) is not None


def _clean(text: str, keep: str = "") -> str:
    # Control characters have no business in a text, and PostgreSQL refuses NUL; surrogates
    # cannot be stored at all. What turns the direction would turn the page's own words, too.
    unwanted = {"Cc", "Cs"}
    return "".join(
        " " if c in _TURNS or (c not in keep and unicodedata.category(c) in unwanted) else c
        for c in text
    )


SHORTEST = 8


LONGEST = 256
