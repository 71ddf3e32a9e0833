"""A figure beside its ceiling: the table that `make bench` prints and the file it writes."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One measured figure.

    `value` in `unit`; `ceiling` is the yardstick of the same run in the same unit; `bar` is the
    value that had to be reached (at least, or at most where `lower_is_better`).
    """

    name: str
    value: float
    unit: str
    ceiling: float
    bar: float
    lower_is_better: bool = False

    @property
    def ok(self) -> bool:
        """Whether the bar was reached."""
        return self.value <= self.bar if self.lower_is_better else self.value >= self.bar


def table(rows: Iterable[Row]) -> str:
    """The rows as aligned text."""
    cells = [("what", "value", "bar", "ceiling", "unit", "")]
    for row in rows:
        sign = "≤" if row.lower_is_better else "≥"
        cells.append(
            (
                row.name,
                _short(row.value),
                f"{sign} {_short(row.bar)}",
                _short(row.ceiling),
                row.unit,
                "ok" if row.ok else "SHORT",
            )
        )
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(
            text.ljust(width) if place in (0, 4) else text.rjust(width)
            for place, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in cells
    )


def write(rows: Iterable[Row], file: Path) -> None:
    """Write `[{name, value, unit, ceiling, bar, ok}, …]`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([asdict(row) | {"ok": row.ok} for row in rows], indent=1) + "\n")


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
