"""Amounts over time as the points of a drawing."""

from collections.abc import Sequence
from dataclasses import dataclass

from auction_app.bidding.model import Bid

WIDTH, HEIGHT, EDGE = 600, 160, 8


@dataclass(frozen=True)
class Plot:
    """`points` of a drawing of WIDTH by HEIGHT, as (x, y) from the upper left; `path` joins them
    in steps, as a price goes that stays until the next bid."""

    points: tuple[tuple[int, int], ...]

    @property
    def path(self) -> str:
        """What SVG draws. (1, 9), (5, 3) → "M1 9H5V3"."""
        (x, y), *later = self.points
        return f"M{x} {y}" + "".join(f"H{x}V{y}" for x, y in later)


def plot(amounts: Sequence[tuple[int, int]]) -> Plot | None:
    """(ms, minor units), the oldest first, within the drawing's edges; None for fewer than two."""
    if len(amounts) < 2:
        return None
    times, minors = zip(*amounts, strict=True)
    return Plot(
        tuple(
            (
                EDGE + _share(at, times, WIDTH - 2 * EDGE),
                HEIGHT - EDGE - _share(minor, (0, *minors), HEIGHT - 2 * EDGE),
            )
            for at, minor in amounts
        )
    )


def price_plot(bids: Sequence[Bid]) -> Plot | None:
    """How the price went, by public bids, the newest first; what was taken back is left out."""
    counted = [it for it in bids if not it.retracted_at_ms]
    return plot([(it.placed_at_ms, it.price.amount_minor) for it in reversed(counted)])


def _share(value: int, values: Sequence[int], length: int) -> int:
    lowest, highest = min(values), max(values)
    return length * (value - lowest) // (highest - lowest) if highest > lowest else 0
