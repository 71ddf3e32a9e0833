"""Reading an amount of money that a person typed."""

import re

from service_kit.errors import NotAnAmount
from service_kit.money import Money, exponent_of

from auction_app.errors import AmountUnclear

_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2019": "'"})
_MARKS = ".,"
_GROUPED = re.compile(r"[0-9]{1,3}(?:(?P<mark>[ '.,])[0-9]{3})(?:(?P=mark)[0-9]{3})*", re.ASCII)
_PLAIN = re.compile(r"[0-9]{1,15}", re.ASCII)


def read_amount(text: str, currency: str, *, decimal_mark: str, symbol: str = "") -> Money:
    """The amount in `text`; `decimal_mark` is the viewer's ("." or ","), and their currency
    `symbol` or the code may stand before or after the digits.

    | typed (USD)              | read as                                          |
    |--------------------------|--------------------------------------------------|
    | 12   12.5   12,50        | 12.00, 12.50, 12.50: one or two decimals are plain |
    | 1,234.50   1.234,50      | 1234.50: two different marks, the last is decimal  |
    | 1 234   1'234   1,234,567 | 1234, 1234, 1234567: can only be groups           |
    | 1.234   1,234            | AmountUnclear: a group here, a decimal mark there |
    | 12.   1.2345   -3   1e5  | NotAnAmount                                      |

    With a currency of three decimals "1.234" is a plain amount where "." is the decimal mark; with
    one of none, such as the yen, both "1,234" and "1.234" can only be groups.
    Raises AmountUnclear, NotAnAmount.
    """
    exponent = exponent_of(currency)
    digits = _bare(text, currency, symbol)
    whole, decimals = _split(digits, exponent, decimal_mark)
    minor = int(whole) * 10**exponent + int((decimals + "0" * exponent)[:exponent] or 0)
    return Money(minor, currency)


def _bare(text: str, currency: str, symbol: str) -> str:
    text = text.translate(_SPACES).strip()
    for sign in filter(None, (currency, symbol.translate(_SPACES))):
        text = text.removeprefix(sign).removesuffix(sign).strip()
    return text


def _split(text: str, exponent: int, decimal_mark: str) -> tuple[str, str]:
    marks = [mark for mark in text if mark in _MARKS]
    if len(marks) == 1 and " " not in text and "'" not in text:
        return _split_at_only_mark(text, marks[0], exponent, decimal_mark)
    if len(set(marks)) == 2 or (len(marks) == 1):
        whole, _, decimals = text.rpartition(marks[-1])
        return _whole(whole), _decimals(decimals, exponent)
    return _whole(text), ""


def _split_at_only_mark(text: str, mark: str, exponent: int, decimal_mark: str) -> tuple[str, str]:
    whole, _, rest = text.partition(mark)
    reads_as_group = len(rest) == 3 and _GROUPED.fullmatch(text) is not None
    if reads_as_group and exponent == 0:
        return _whole(text), ""
    if reads_as_group and not (exponent == 3 and mark == decimal_mark):
        raise AmountUnclear(f"{mark} may be a decimal mark or part the thousands")
    return _whole(whole), _decimals(rest, exponent)


def _whole(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    if _GROUPED.fullmatch(text) and len(text) < 20:
        return re.sub(r"[^0-9]", "", text)
    raise NotAnAmount("not a number")


def _decimals(text: str, exponent: int) -> str:
    if not (1 <= len(text) <= exponent and _PLAIN.fullmatch(text)):
        raise NotAnAmount(f"needs one to {exponent} decimals after its mark")
    return text
