"""A list a page at a time, in the order of a column and of the id where that is equal."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, literal, tuple_


@dataclass(frozen=True)
class Cursor:
    """Where a page of a list left off: the last row's sort value and id."""

    at_ms: int
    id: str


def paged(
    query: Select[Any],
    by: ColumnElement[Any],
    id: ColumnElement[Any],
    *,
    after: Cursor | None,
    limit: int | BindParameter[int],
    rising: bool = False,
) -> Select[Any]:
    """So many of the rows after a place (None: from the beginning), the highest value first."""
    if after:
        place, start = tuple_(by, id), tuple_(literal(after.at_ms), literal(after.id))
        query = query.where(place > start if rising else place < start)
    return query.order_by(*(it if rising else it.desc() for it in (by, id))).limit(limit)
