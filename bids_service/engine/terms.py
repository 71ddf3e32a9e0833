"""What was fixed when the auction was announced: prices and times (docs/bidding.md)."""

from dataclasses import dataclass, field

from bids_service.engine.increments import IncrementTable
from bids_service.errors import BadTerms

LARGEST_AMOUNT_MINOR = 10**15
"""No price or maximum exceeds this, so that a sum of a few still fits a signed 64-bit column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftClose:
    """A late bid moves the end (B12)."""

    window_ms: int
    extension_ms: int

    def __post_init__(self) -> None:
        if self.window_ms < 1 or self.extension_ms < 1:
            raise BadTerms("a soft close needs a positive window and extension")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Prices in minor units of `currency`. Raises BadTerms when the terms contradict themselves."""

    seller: str
    currency: str
    start_price: int
    increments: IncrementTable
    starts_at_ms: int
    ends_at_ms: int
    reserve: int | None = field(default=None, repr=False)
    buy_now: int | None = None
    soft_close: SoftClose | None = None
    hard_end_at_ms: int | None = None
    blocked: frozenset[str] = field(default=frozenset(), repr=False)

    def __post_init__(self) -> None:
        for amount in (self.start_price, self.reserve, self.buy_now):
            if amount is not None and not 0 <= amount <= LARGEST_AMOUNT_MINOR:
                raise BadTerms("an amount of the terms is negative or too large")
        if self.starts_at_ms >= self.ends_at_ms:
            raise BadTerms("an auction must end after it starts")
        if self.hard_end_at_ms is not None and self.hard_end_at_ms < self.ends_at_ms:
            raise BadTerms("the hard end must not lie before the end")
