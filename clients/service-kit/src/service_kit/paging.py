"""Pages of a list: one row more is fetched than is shown, which says whether more follow."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def cut(found: Sequence[T], size: int) -> tuple[Sequence[T], T | None]:
    """What a page of `size` shows of one row more than that; and the last row shown, which the
    next page begins after, if there is a next page."""
    return found[:size], found[size - 1] if len(found) > size else None
