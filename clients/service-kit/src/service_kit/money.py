"""Money as integer minor units of a currency (docs/bidding.md B1)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service_kit.errors import NotAnAmount

_EXPONENT_0 = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split())
_EXPONENT_3 = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
_EXPONENT_2 = frozenset(
    "AED AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS INR MXN MYR NOK NZD PHP PLN RON SEK SGD"
    " THB TRY TWD UAH USD ZAR".split()
)
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,15})(?:\.([0-9]{1,3}))?", re.ASCII)

LARGEST_MINOR = 10**15
"""No amount beyond this many minor units: it fits a 64-bit column with room to add."""


def exponent_of(currency: str) -> int:
    """Decimals of an ISO 4217 currency: 0, 2 or 3. Raises NotAnAmount for one we don't trade in."""
    for exponent, currencies in ((2, _EXPONENT_2), (0, _EXPONENT_0), (3, _EXPONENT_3)):
        if currency in currencies:
            return exponent
    raise NotAnAmount(f"{currency!r} is not a currency that is traded here")


@dataclass(frozen=True, order=False)
class Money:
    """`amount_minor` integer minor units (cents) of the ISO 4217 `currency`."""

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        exponent_of(self.currency)
        if type(self.amount_minor) is not int or abs(self.amount_minor) > LARGEST_MINOR:
            raise NotAnAmount("an amount is a whole number of minor units, at most 10^15")

    @classmethod
    def parse(cls, wire: Any) -> "Money":
        """Read `{"amount": "12.50", "currency": "USD"}`: exactly the currency's decimals, so that
        one amount has one form. Raises NotAnAmount."""
        if not isinstance(wire, Mapping) or set(wire) != {"amount", "currency"}:
            raise NotAnAmount('money is an object of "amount" and "currency"')
        amount, currency = wire["amount"], wire["currency"]
        if not isinstance(amount, str) or not isinstance(currency, str):
            raise NotAnAmount('"amount" and "currency" are strings')
        return cls(_minor(amount, exponent_of(currency)), currency)

    @property
    def exponent(self) -> int:
        """Decimals of the currency."""
        return exponent_of(self.currency)

    @property
    def amount(self) -> str:
        """The decimal string with exactly the currency's decimals, such as "12.50"."""
        sign = "-" if self.amount_minor < 0 else ""
        digits = str(abs(self.amount_minor)).rjust(self.exponent + 1, "0")
        if not self.exponent:
            return sign + digits
        return f"{sign}{digits[: -self.exponent]}.{digits[-self.exponent :]}"

    def to_wire(self) -> dict[str, str]:
        """The JSON form that `parse` reads."""
        return {"amount": self.amount, "currency": self.currency}

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def _minor(amount: str, exponent: int) -> int:
    match = _DECIMAL.fullmatch(amount)
    if match is None or len(match[2] or "") != exponent:
        raise NotAnAmount(f"not a decimal amount with {exponent} decimals")
    sign = -1 if amount.startswith("-") else 1
    return sign * int(str(match[1]) + str(match[2] or ""))
