"""Choose what a search on SQLite reads first: one of the indexes that narrow it, or the sort's.

Where few entries match, all that match are read and sorted. Where many do, the page is soon full
when one walks along the sort and asks each entry. SQLite can't tell the two apart: it has no
statistics of words, and none of values that were given to a prepared statement.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from auction_app.db.tables import search_entries

MANY = 20_000
"""What is read as a whole is less: counting goes no further."""
STEP = 1
"""Walking past an entry costs as much as reading that many."""


@dataclass(frozen=True)
class Way:
    """One narrowing of a search: read `numbers` from its own index, or put `tests` to each entry
    that the others leave, each of which costs `effort` times as much as reading one. `walked`: the
    sort's index is this one, so that walking stays within it."""

    numbers: Select[Any]
    tests: tuple[ColumnElement[bool], ...]
    effort: float = 0
    walked: bool = False


def conditions(conn: Connection, ways: Sequence[Way], limit: int) -> list[ColumnElement[bool]]:
    """What to ask of the entries so that the cheapest way is taken."""
    read = _cheapest(conn, ways, limit) if ways else None
    chosen = [search_entries.c.number == _streamed(read.numbers)] if read else []
    return [*chosen, *(test for way in ways if way is not read for test in way.tests)]


def _streamed(numbers: Select[Any]) -> ColumnElement[Any]:
    """Numbers as they are read: `IN` would gather and sort them first. Being a sum, it isn't
    looked up for each entry, but the entry for each of it."""
    return numbers.subquery().c[0] + 0


def _cheapest(conn: Connection, ways: Sequence[Way], limit: int) -> Way | None:
    """The way to read; None when walking costs less. That takes `limit` steps for a page, and the
    more the rarer what is looked for: | 25 of 100 000 | a third match: 75 | 1 in 100: 2 500 |"""
    entries = conn.execute(select(func.max(search_entries.c.number))).scalar() or 1
    # Counting costs time too, and stops where it can't change the choice any more.
    enough = MANY if ways[1:] else _alike(entries, ways[0], limit)
    counts = [_count(conn, way, enough) for way in ways]
    past = [entries / max(count, 1) for count in counts]
    steps = math.prod(rare for way, rare in zip(ways, past, strict=True) if not way.walked)
    tests = sum(way.effort * rare for way, rare in zip(ways, past, strict=True))
    costs = [
        (count * (1 + sum(other.effort for other in ways if other is not way)), place)
        for place, (way, count) in enumerate(zip(ways, counts, strict=True))
        if count < enough
    ]
    cost, place = min(costs, default=(math.inf, 0))
    return ways[place] if cost < STEP * limit * (steps + tests) else None


def _alike(entries: int, way: Way, limit: int) -> int:
    """How many entries make reading them cost as much as walking."""
    return math.isqrt(math.ceil(STEP * limit * entries * (1 + way.effort))) + 1


def _count(conn: Connection, way: Way, most: int) -> int:
    found = way.numbers.limit(most).subquery()
    return conn.execute(select(func.count()).select_from(found)).scalar_one()
