"""Reading the text of one field: cleaned and checked, or a ValidationError with a word for why not.

The word (`missing`, `too_long`, …) is what `web.labels.complaint` says in the visitor's language.
"""

import unicodedata
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from marshmallow import ValidationError
from service_kit.clock import utc
from service_kit.errors import NotAnAmount
from service_kit.money import Money, exponent_of

from auction_app.errors import AmountUnclear
from auction_app.web.amounts import read_amount
from auction_app.web.common_passwords import is_common
from auction_app.web.names import check_name

SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 256
HIGHEST_PRICE_MINOR = 10**12
LONGEST_EMAIL = 254
LONGEST_AGENT = 200
LONGEST_NAME = 60
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNWANTED = {"Cc", "Cs"}


def read_line(text: str, longest: int) -> str:
    """One line of text: trimmed, inner white space folded, at most `longest` characters."""
    return _checked(" ".join(_clean(text).split()), longest)


def read_paragraphs(text: str, longest: int) -> str:
    """Text with line breaks, at most `longest` characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _checked(_clean(lines, keep="\n\t").strip(), longest)


def read_name(text: str) -> str:
    """What somebody may be called: a line that `check_name` has nothing against."""
    return check_name(read_line(text, LONGEST_NAME))


def read_email(text: str) -> str:
    """An e-mail address that mail could be sent to."""
    text = _checked(text.strip(), LONGEST_EMAIL)
    if not is_email(text):
        raise ValidationError("not_an_email")
    return text


def is_email(text: str) -> bool:
    """Whether mail could be sent there: plain ASCII, no quoting, a domain with a dot whose last
    label is no single letter or digit, as no top-level domain is."""
    # A long table of characters, which only they need who sign up.
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(
            text, strict=True, check_deliverability=False, globally_deliverable=False
        )
    except EmailNotValidError:
        return False
    _, dot, top_level = found.domain.rpartition(".")
    return text.isascii() and bool(dot) and len(top_level) > 1


def read_new_password(text: str) -> str:
    """A password to set: long enough, and none of those that are tried first (NIST SP 800-63B,
    5.1.1.2)."""
    if len(text) < SHORTEST_PASSWORD:
        raise ValidationError("password_too_short")
    if len(text) > LONGEST_PASSWORD:
        raise ValidationError("too_long")
    if is_common(text):
        raise ValidationError("password_common")
    return text


def read_currency(code: str) -> str:
    """The ISO 4217 code of a currency that the house trades in."""
    if not is_currency(code):
        raise ValidationError("not_a_currency")
    return code


def is_currency(code: str) -> bool:
    """Whether the house trades in it."""
    try:
        exponent_of(code)
    except NotAnAmount:
        return False
    return True


def read_money(text: str, currency: str, *, decimal_mark: str, symbol: str) -> Money:
    """An amount as `read_amount` reads it."""
    try:
        return read_amount(text, currency, decimal_mark=decimal_mark, symbol=symbol)
    except AmountUnclear as error:
        raise ValidationError("amount_unclear") from error
    except NotAnAmount as error:
        is_whole = exponent_of(currency) == 0 and any(mark in text for mark in ".,")
        raise ValidationError("amount_not_whole" if is_whole else "not_an_amount") from error


def read_price(text: str, currency: str, *, decimal_mark: str, symbol: str) -> Money:
    """An amount that something may cost."""
    price = read_money(text, currency, decimal_mark=decimal_mark, symbol=symbol)
    if not 0 < price.amount_minor <= HIGHEST_PRICE_MINOR:
        raise ValidationError("amount_out_of_range")
    return price


def read_cost(text: str, currency: str, *, decimal_mark: str, symbol: str) -> Money:
    """An amount that something may cost beside, which may be nothing."""
    cost = read_money(text, currency, decimal_mark=decimal_mark, symbol=symbol)
    if cost.amount_minor > HIGHEST_PRICE_MINOR:
        raise ValidationError("amount_out_of_range")
    return cost


def read_local_time(text: str, zone: ZoneInfo) -> int:
    """What a datetime-local input holds, as ms since the epoch.

    An hour that the clocks repeat is read as its first pass; one that they skip is no time.
    """
    try:
        naive = datetime.fromisoformat(text.strip())
        if naive.tzinfo is not None or "T" not in text:
            raise ValueError("not a local time")
        moment = naive.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValidationError("not_a_time") from error
    if moment.astimezone(zone).replace(tzinfo=None) != naive:
        raise ValidationError("no_such_time")
    return int(moment.timestamp()) * 1000


def write_local_time(at_ms: int, zone: ZoneInfo) -> str:
    """What a datetime-local input is to hold, such as 2026-11-21T18:30:00."""
    return utc(at_ms).astimezone(zone).replace(tzinfo=None).isoformat(timespec="seconds")


def cut_line(text: str, longest: int) -> str:
    """One line of what nobody may be stopped for: what it can't hold is left out."""
    return " ".join(_clean(text).split())[:longest]


def cut_text(text: str, longest: int) -> str:
    """The same with its line breaks."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _clean(lines, keep="\n\t")[:longest]


def _checked(text: str, longest: int) -> str:
    if not any(unicodedata.category(c)[0] not in "ZCM" for c in text):
        raise ValidationError("missing")
    if len(text) > longest:
        raise ValidationError("too_long")
    return text


def _clean(text: str, keep: str = "") -> str:
    # Control characters have no business in a text, and PostgreSQL refuses NUL; surrogates
    # cannot be stored at all. What turns the direction would turn the page's own words, too.
    return "".join(
        " " if c in _TURNS or (c not in keep and unicodedata.category(c) in _UNWANTED) else c
        for c in text
    )
