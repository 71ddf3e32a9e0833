"""A figure beside its ceiling, both measured in turns: what `make bench` prints and keeps."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any, NamedTuple


class Pair(NamedTuple):
    """One turn: a figure, and right before or after it that of its yardstick, in the same unit."""

    value: float
    ceiling: float

    @property
    def ratio(self) -> float:
        """The figure as a share of its yardstick's."""
        return self.value / self.ceiling


@dataclass(frozen=True)
class Bar:
    """What a figure in `unit` has to be as a share of its yardstick's: at least `share`, or at most
    where `lower_is_better`."""

    name: str
    unit: str
    share: float
    lower_is_better: bool = False

    def is_met_by(self, ratio: float) -> bool:
        """Whether a share is good enough."""
        return ratio <= self.share if self.lower_is_better else ratio >= self.share

    @property
    def sign(self) -> str:
        """The bar as people read it."""
        return f"{'≤' if self.lower_is_better else '≥'} {_short(self.share)}"


@dataclass(frozen=True)
class Row:
    """A bar and the turns that were measured."""

    bar: Bar
    pairs: tuple[Pair, ...]

    @property
    def ratio(self) -> float:
        """The median share."""
        return median(pair.ratio for pair in self.pairs)

    @property
    def spread(self) -> tuple[float, float]:
        """Where the true median lies: from the second least share to the second greatest.

        Of seven turns that is 7 times in 8, whatever their distribution is (the ranks of a sign
        test). Fewer than four have no second: then it is all of them.
        """
        shares = sorted(pair.ratio for pair in self.pairs)
        cut = 1 if len(shares) > 3 else 0
        return shares[cut], shares[-1 - cut]

    @property
    def verdict(self) -> str:
        """`ok`; `near` where only some turns meet the bar; `SHORT` where the spread doesn't."""
        if self.bar.is_met_by(self.ratio):
            return "ok"
        return "near" if any(map(self.bar.is_met_by, self.spread)) else "SHORT"

    def to_json(self) -> dict[str, Any]:
        """As `var/bench/….json` keeps it."""
        return {
            "name": self.bar.name,
            "unit": self.bar.unit,
            "bar": self.bar.share,
            "lower_is_better": self.bar.lower_is_better,
            "ratio": self.ratio,
            "spread": self.spread,
            "verdict": self.verdict,
            "pairs": self.pairs,
        }


def table(rows: Iterable[Row]) -> str:
    """The rows as aligned text."""
    heads = ("what", "value", "ceiling", "unit", "ratio", "spread", "bar", "")
    return aligned([heads, *map(_cells, rows)], left=(0, 3))


def aligned(lines: list[tuple[str, ...]], *, left: tuple[int, ...] = (0,)) -> str:
    """Cells in columns, those at the places in `left` flush left."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            text.ljust(width) if place in left else text.rjust(width)
            for place, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def spread_of(row: Row) -> str:
    """The spread as people read it."""
    low, high = row.spread
    return f"{_short(low)} to {_short(high)}"


def _cells(row: Row) -> tuple[str, ...]:
    value, ceiling = (median(column) for column in zip(*row.pairs, strict=True))
    return (
        row.bar.name,
        _short(value),
        _short(ceiling),
        row.bar.unit,
        _short(row.ratio),
        spread_of(row),
        row.bar.sign,
        row.verdict,
    )


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
