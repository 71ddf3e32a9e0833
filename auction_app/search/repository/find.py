"""Find open listings, a page at a time.

PostgreSQL's planner knows how common a word or a price is and chooses between walking the sort's
index and reading another. SQLite's does not, so there ways.py chooses.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, select

from auction_app.db.paging import Cursor, paged
from auction_app.db.tables import auctions, search_entries
from auction_app.listings.model import Auction
from auction_app.listings.repository.rows import read, select_auctions
from auction_app.search.query import SearchQuery
from auction_app.search.repository import sqlite_plan, words

HOUR_MS = 3_600_000

_entry = search_entries.c


@dataclass(frozen=True)
class _Order:
    by: Column[Any]
    descending: bool


@dataclass(frozen=True)
class _Range:
    """Values of a column between two bounds, of which one may be missing."""

    of: Column[Any]
    least: int | None
    most: int | None

    def holds(self, value: ColumnElement[Any]) -> tuple[ColumnElement[bool], ...]:
        """The conditions that a value fulfils."""
        low = () if self.least is None else (value >= self.least,)
        return low if self.most is None else (*low, value <= self.most)


_ORDERS = {
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


def find(
    conn: Connection, query: SearchQuery, *, now_ms: int, after: Cursor | None, limit: int
) -> Page:
    """A page of running listings that match all of the query, in the order of its sort."""
    order = _ORDERS[query.sort]
    narrowed = _on_sqlite if conn.dialect.name == "sqlite" else _on_postgres
    statement = select(_entry.auction_id, order.by.label("place"))
    statement = statement.where(*narrowed(conn, query, order, now_ms, limit + 1))
    page = paged(
        statement,
        order.by,
        _entry.auction_id,
        after=after,
        limit=limit + 1,
        rising=not order.descending,
    )
    rows = conn.execute(page).all()
    more = Cursor(rows[limit - 1].place, rows[limit - 1].auction_id) if rows[limit:] else None
    return Page(_in_order(conn, [row.auction_id for row in rows[:limit]]), more)


def _in_order(conn: Connection, ids: list[str]) -> tuple[Auction, ...]:
    shown = auctions.c.hidden_at_ms.is_(None)
    found = {a.id: a for a in read(conn, select_auctions().where(auctions.c.id.in_(ids), shown))}
    return tuple(found[id] for id in ids if id in found)


def _running(now_ms: int, query: SearchQuery) -> _Range:
    within_h = query.ending_within_h
    until_ms = None if within_h is None else now_ms + within_h * HOUR_MS
    return _Range(_entry.ends_at_ms, now_ms + 1, until_ms)


def _priced(query: SearchQuery) -> _Range:
    return _Range(_entry.price, query.price_from, query.price_to)


def _on_postgres(
    _conn: Connection, query: SearchQuery, _order: _Order, now_ms: int, _limit: int
) -> Iterator[ColumnElement[bool]]:
    yield _entry.starts_at_ms <= now_ms
    for range in (_running(now_ms, query), _priced(query)):
        yield from range.holds(range.of)
    if query.words or query.tokens:
        yield words.postgres_match(query)


def _on_sqlite(
    conn: Connection, query: SearchQuery, order: _Order, now_ms: int, limit: int
) -> Iterator[ColumnElement[bool]]:
    running, priced = _running(now_ms, query), _priced(query)
    yield _entry.starts_at_ms <= now_ms
    narrowing = []
    if query.words or query.tokens:
        narrowing.append(sqlite_plan.Way(words.sqlite_numbers(query), (words.sqlite_test(query),)))
    if query.ending_within_h is None:
        yield from running.holds(_off_index(running.of, order))  # nearly all of them do
    else:
        narrowing.append(_way(running, order))
    if query.price_from is not None or query.price_to is not None:
        narrowing.append(_way(priced, order))
    yield from sqlite_plan.conditions(conn, narrowing, limit)


def _way(range: _Range, order: _Order) -> sqlite_plan.Way:
    alike = search_entries.alias()
    numbers = select(alike.c.number).where(*range.holds(alike.c[range.of.name]))
    tests = range.holds(_off_index(range.of, order))
    return sqlite_plan.Way(numbers, tests, walked=range.of is order.by)


def _off_index(column: Column[Any], order: _Order) -> ColumnElement[Any]:
    """A column in a form for which SQLite reads no index: the sort's is the one to walk."""
    return column if column is order.by else column + 0
