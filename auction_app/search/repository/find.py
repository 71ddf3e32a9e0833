"""Find open listings, a page at a time.

PostgreSQL's planner knows how common a word or a price is and chooses between walking the sort's
index and reading another. SQLite's does not, so there sqlite_plan.py chooses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Row, Select, bindparam, select

from auction_app.db.paging import Cursor, paged
from auction_app.db.tables import auctions, search_entries
from auction_app.listings.model import Auction
from auction_app.listings.repository.rows import read, select_auctions
from auction_app.search.query import SearchQuery
from auction_app.search.repository import narrowed
from auction_app.search.repository.vocabulary import parts_known
from auction_app.search.wanted import Containing, Wanted, anywhere, by_fit

_entry = search_entries.c
_FIT = 10**14
"""A place among what fits alike is less; so that one number says both."""


@dataclass(frozen=True)
class _Order:
    by: Column[Any]
    descending: bool


_ORDERS = {
    "best": _Order(_entry.ends_at_ms, False),
    "ending": _Order(_entry.ends_at_ms, False),
    "newest": _Order(_entry.listed_at_ms, True),
    "price": _Order(_entry.price, False),
    "price_desc": _Order(_entry.price, True),
    "popular": _Order(_entry.interest, True),
}


@dataclass(frozen=True)
class Page:
    """Listings found, and where the next page goes on (None on the last)."""

    auctions: tuple[Auction, ...]
    more: Cursor | None


NOTHING = Page((), None)
# Built once: for so small a query, building it costs more than running it.
_SHOWN = select_auctions().where(
    auctions.c.id.in_(bindparam("ids", expanding=True)), auctions.c.hidden_at_ms.is_(None)
)
_MOST_POPULAR = (
    select(_entry.auction_id)
    # Nearly all of them run: the index to walk is that of the order.
    .where(_entry.starts_at_ms <= bindparam("now_ms"), _entry.ends_at_ms + 0 > bindparam("now_ms"))
    .order_by(_entry.interest.desc(), _entry.auction_id.desc())
    .limit(bindparam("most"))
)


def find(
    conn: Connection,
    query: SearchQuery,
    containing: Containing | None = None,
    *,
    now_ms: int,
    after: Cursor | None,
    limit: int,
) -> Page:
    """A page of running listings that match all of the query, in the order of its sort: by how
    well they fit, and which ends first among those that fit alike. `containing` saves asking
    again for what is known already."""
    if query.speechless:
        return NOTHING
    places: list[tuple[int, str]] = []
    for fit, wanted in enumerate(_parts(query, containing or parts_known(conn))):
        if len(places) > limit or (after and after.at_ms >= (fit + 1) * _FIT):
            continue
        rows = _sound(conn, query, wanted, now_ms, _within(after, fit), limit + 1 - len(places))
        places += [(fit * _FIT + row.place, row.auction_id) for row in rows]
    more = Cursor(*places[limit - 1]) if places[limit:] else None
    return Page(_in_order(conn, [id for _, id in places[:limit]]), more)


def most_popular(conn: Connection, *, now_ms: int, limit: int) -> tuple[Auction, ...]:
    """The running listings that most people bid on or watch."""
    ids = conn.scalars(_MOST_POPULAR, {"now_ms": now_ms, "most": limit}).all()
    return _in_order(conn, list(ids))


def _within(after: Cursor | None, fit: int) -> Cursor | None:
    """The place among what fits so well; None before all of it."""
    if after is None or after.at_ms < fit * _FIT:
        return None
    return Cursor(after.at_ms - fit * _FIT, after.id)


def _parts(query: SearchQuery, containing: Containing) -> Sequence[Wanted]:
    if query.sort == "best" and query.words:
        return by_fit(query, containing)
    return (anywhere(query, containing),)


def _sound(
    conn: Connection,
    query: SearchQuery,
    wanted: Wanted,
    now_ms: int,
    after: Cursor | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """So many rows, without those whose place is no number: a hand at SQLite may have put in any
    text. Other rows come in their stead, so that no page looks like the last one for them."""
    asked = limit
    while True:
        rows = _rows(conn, query, wanted, now_ms, after, asked)
        sound = [row for row in rows if row.place.__class__ is int]
        if len(sound) >= limit or len(rows) < asked:
            return sound[:limit]
        asked += len(rows) - len(sound)


def _rows(
    conn: Connection,
    query: SearchQuery,
    wanted: Wanted,
    now_ms: int,
    after: Cursor | None,
    limit: int,
) -> Sequence[Row[Any]]:
    order = _ORDERS[query.sort]
    statement: Select[Any] = select(_entry.auction_id, order.by.label("place"))
    statement = statement.where(*narrowed.by(conn, query, wanted, order.by, now_ms, limit))
    page = paged(
        statement,
        order.by,
        _entry.auction_id,
        after=after,
        limit=limit,
        rising=not order.descending,
    )
    return conn.execute(page).all()


def _in_order(conn: Connection, ids: list[str]) -> tuple[Auction, ...]:
    found = {a.id: a for a in read(conn, _SHOWN, {"ids": ids})}
    return tuple(found[id] for id in ids if id in found)
