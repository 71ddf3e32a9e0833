"""How much a search finds, and how much of it under each choice."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, func, literal, select, union_all

from auction_app.db.tables import search_entries
from auction_app.listings.categories import top_of
from auction_app.search.query import SearchQuery
from auction_app.search.repository import narrowed
from auction_app.search.wanted import Containing, anywhere

MOST = 500
"""Nobody reads on so far, and counting must not cost more the more there is."""
FACETS = ("category", "condition", "format", "currency")

_entry = search_entries.c


@dataclass(frozen=True)
class Tally:
    """`total` listings match, or more where `more`; `by` has for each facet and value how many
    would if that value were chosen (at least, where `more_by` names the facet)."""

    total: int
    more: bool
    by: Mapping[str, Mapping[str, int]]
    more_by: frozenset[str]


NOTHING = Tally(0, False, {facet: {} for facet in FACETS}, frozenset())


def tally(conn: Connection, query: SearchQuery, containing: Containing, *, now_ms: int) -> Tally:
    """Count what matches, and what would with another choice of each facet."""
    if query.speechless:
        return NOTHING
    whole = _counted(conn, query, containing, now_ms)
    by: dict[str, Mapping[str, int]] = {}
    more_by = set()
    for facet in FACETS:
        counts = whole
        if getattr(query, facet) is not None:
            open_choice: dict[str, Any] = {facet: None}
            counts = _counted(conn, replace(query, **open_choice), containing, now_ms)
        by[facet] = _of(counts, FACETS.index(facet))
        if facet == "category":
            by[facet] = _with_tops(by[facet])
        if counts.total() > MOST:
            more_by.add(facet)
    total = whole.total()
    return Tally(min(total, MOST), total > MOST, by, frozenset(more_by))


def count(
    conn: Connection, query: SearchQuery, containing: Containing, *, now_ms: int, most: int
) -> int:
    """How many match, counted so far at most."""
    return counts(conn, [query], containing, now_ms=now_ms, most=most)[0]


def counts(
    conn: Connection,
    queries: Sequence[SearchQuery],
    containing: Containing,
    *,
    now_ms: int,
    most: int,
) -> list[int]:
    """How many match each of these, counted so far at most: asked at once."""
    found = (_matching(conn, query, containing, now_ms, most).subquery() for query in queries)
    each = [
        select(literal(place).label("place"), func.count().label("matches")).select_from(matching)
        for place, matching in enumerate(found)
    ]
    rows = conn.execute(union_all(*each).order_by("place"))
    return [row.matches for row in rows]


def _counted(
    conn: Connection, query: SearchQuery, containing: Containing, now_ms: int
) -> Counter[Any]:
    found = _matching(conn, query, containing, now_ms, MOST + 1).subquery()
    columns = [found.c[facet] for facet in FACETS]
    rows = conn.execute(select(*columns, func.count().label("matches")).group_by(*columns))
    return Counter({tuple(row[:-1]): row.matches for row in rows})


def _matching(
    conn: Connection, query: SearchQuery, containing: Containing, now_ms: int, most: int
) -> Any:
    """The facets of what matches, of so many of those that end first."""
    wanted = anywhere(query, containing)
    conditions = narrowed.by(conn, query, wanted, _entry.ends_at_ms, now_ms, most)
    by_end = (_entry.ends_at_ms, _entry.auction_id)
    columns = [_entry[facet] for facet in FACETS]
    return select(*columns).where(*conditions).order_by(*by_end).limit(most)


def _of(counts: Counter[Any], place: int) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for values, number in counts.items():
        found[values[place]] += number
    return found


def _with_tops(by_category: Mapping[str, int]) -> Mapping[str, int]:
    """A category counts what its subcategories hold, too."""
    found = Counter(by_category)
    for category, number in by_category.items():
        if top_of(category) != category:
            found[top_of(category)] += number
    return found
