"""Increment tables: by how much the next bid must exceed the price (docs/bidding.md B2)."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from bids_service.errors import BadTerms


@dataclass(frozen=True, slots=True)
class IncrementTable:
    """Rows of `(from_minor, step_minor)`, lower bound inclusive.

    Raises BadTerms unless the bounds rise and the steps are positive and never shrink. A step that
    shrank would let a higher maximum be beaten at a lower price, and a retraction could raise one.
    """

    rows: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        if not self.rows:
            raise BadTerms("an increment table needs a row")
        for (lower, step), (upper, next_step) in zip(self.rows, self.rows[1:], strict=False):
            if lower >= upper or step > next_step:
                raise BadTerms("bounds must rise and steps must not shrink in an increment table")
        if self.rows[0][0] < 0 or self.rows[0][1] < 1:
            raise BadTerms(
                "bounds must not be negative and steps must be positive in an increment table"
            )

    @classmethod
    def of(cls, rows: Iterable[Sequence[int]]) -> Self:
        """Build from `[[from_minor, step_minor], …]`. Raises BadTerms."""
        return cls(tuple((lower, step) for lower, step in rows))

    def step_at(self, price_minor: int) -> int:
        """The increment at a price; below the first bound the first row counts.

        eBay's table: 99 → 5, 100 → 25, 499 → 25, 500 → 50.
        """
        row = bisect_right(self.rows, price_minor, key=lambda row: row[0])
        return self.rows[max(row - 1, 0)][1]

    def above(self, price_minor: int) -> int:
        """The price one increment above a price: 99 → 104, 100 → 125 in eBay's table."""
        return price_minor + self.step_at(price_minor)

    def below(self, price_minor: int) -> int:
        """The highest amount one increment above which is no more than a price: what a maximum at
        least is that was beaten at that price. In eBay's table 125 → 100, 104 → 99, 110 → 99."""
        ceiling = price_minor
        for lower, step in reversed(self.rows[1:]):
            if price_minor - step >= lower:
                return min(price_minor - step, ceiling)
            ceiling = lower - 1
        return min(price_minor - self.rows[0][1], ceiling)
