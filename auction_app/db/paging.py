"""Where a page of a list begins."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cursor:
    """Where a page of a list left off: the last row's sort value and id."""

    at_ms: int
    id: str
