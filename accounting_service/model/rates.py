"""What the house takes of a payment, and what the provider keeps, by the day it was paid."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise

_ROW = re.compile(
    r"(\d{4}-\d{2}-\d{2}) +(\d{1,2})(?:\.(\d{1,2}))?% +(\d{1,2})(?:\.(\d{1,2}))?%(?:\+(\d{1,6}))?",
    re.ASCII,
)
_WRONG = "must be rows such as 2026-01-01 10% 1.5%+25, comma-separated, the oldest first"


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Of payments from `from_ms` on: shares in hundredths of a per cent, and what the provider
    keeps of each payment besides, in minor units of its currency."""

    from_ms: int
    commission: int
    costs: int
    costs_minor: int = 0


def rates(text: str) -> tuple[Rate, ...]:
    """Read a table of rates. A row is never changed, or books that are made anew would differ: what
    changes is a new row. Raises ValueError."""
    found = tuple(_row(one.strip()) for one in text.split(","))
    if any(late.from_ms <= early.from_ms for early, late in pairwise(found)):
        raise ValueError(_WRONG)
    return found


def rate_at(table: Sequence[Rate], at_ms: int) -> Rate:
    """The newest row that had begun; before all of them it is the first."""
    begun = [row for row in table if row.from_ms <= at_ms]
    return begun[-1] if begun else table[0]


def share(amount_minor: int, hundredths: int) -> int:
    """So many hundredths of a per cent, half a unit up.

    | amount | hundredths | share |
    |--------|------------|-------|
    | 2500   | 1000       | 250   |
    | 5      | 1000       | 1     |
    | 4      | 1000       | 0     |
    """
    return (amount_minor * hundredths + 5_000) // 10_000


def _row(text: str) -> Rate:
    found = _ROW.fullmatch(text)
    if found is None:
        raise ValueError(_WRONG)
    try:
        begins = date.fromisoformat(found[1])
    except ValueError as error:
        raise ValueError(_WRONG) from error
    midnight = datetime(begins.year, begins.month, begins.day, tzinfo=UTC)
    return Rate(
        from_ms=int(midnight.timestamp()) * 1000,
        commission=_hundredths(found[2], found[3]),
        costs=_hundredths(found[4], found[5]),
        costs_minor=int(found[6] or 0),
    )


def _hundredths(whole: str, part: str | None) -> int:
    return int(whole) * 100 + int((part or "").ljust(2, "0"))
