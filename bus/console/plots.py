"""Plots of the history, as the coordinates of an SVG: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 600, 120
Point = Mapping[str, Any]


@dataclass(frozen=True)
class Plot:
    """Lines by the name of what they show, each as an SVG's `points`; `most` is the value at the
    top, `from_ms` and `to_ms` the times at both ends."""

    lines: Mapping[str, str]
    latest: Mapping[str, float]
    most: float
    from_ms: int
    to_ms: int


def plot(points: Sequence[Point], *names: str, rate: bool = False) -> Plot | None:
    """The values of `names` over time; as a `rate`, a second. None with fewer than two points."""
    if len(points) < 2:
        return None
    first_ms, last_ms = points[0]["at_ms"], points[-1]["at_ms"]
    per = (last_ms - first_ms) / (len(points) - 1) / 1000 if rate else 1.0
    values = {name: [(point[name] or 0) / per for point in points] for name in names}
    most = max((value for each in values.values() for value in each), default=0)
    return Plot(
        {name: _line(points, each, most) for name, each in values.items()},
        {name: each[-1] for name, each in values.items()},
        most,
        first_ms,
        last_ms,
    )


def short(value: float) -> str:
    """A number for the edge of a plot.

    | value | 0 | 0.25 | 12.4 | 1 200 | 3 400 000 |
    |-------|---|------|------|-------|-----------|
    | short | 0 | 0.25 | 12   | 1.2k  | 3.4M      |
    """
    for size, unit in ((1_000_000, "M"), (1_000, "k")):
        if value >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:.2g}" if value < 10 else f"{value:.0f}"


def _line(points: Sequence[Point], values: Sequence[float], most: float) -> str:
    first_ms, length_ms = points[0]["at_ms"], points[-1]["at_ms"] - points[0]["at_ms"]
    return " ".join(
        f"{WIDTH * (point['at_ms'] - first_ms) / length_ms:.1f},"
        f"{HEIGHT - HEIGHT * value / (most or 1):.1f}"
        for point, value in zip(points, values, strict=True)
    )
