"""Positions as text: `17-40,45`, short where they follow each other."""

from collections.abc import Iterable

Ranges = list[tuple[int, int]]


def written(positions: Iterable[int]) -> str:
    """Positions, in order, as text."""
    found: list[list[int]] = []
    for position in positions:
        if found and position == found[-1][1] + 1:
            found[-1][1] = position
        else:
            found.append([position, position])
    return ",".join(f"{first}-{last}" if last > first else str(first) for first, last in found)


def ranges(text: str) -> Ranges:
    """The first and the last of each run of positions."""
    runs = (run.partition("-") for run in text.split(","))
    return [(int(first), int(last or first)) for first, _, last in runs]


def read(text: str) -> list[int]:
    """All positions."""
    return [position for first, last in ranges(text) for position in range(first, last + 1)]
