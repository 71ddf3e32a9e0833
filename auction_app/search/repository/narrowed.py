"""What narrows a search, as conditions on its entries."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, select

from auction_app.db.tables import search_entries
from auction_app.search.query import SearchQuery
from auction_app.search.repository import sqlite_plan, word_index
from auction_app.search.wanted import Wanted

HOUR_MS = 3_600_000

_entry = search_entries.c


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


def by(
    conn: Connection,
    query: SearchQuery,
    wanted: Wanted,
    walked: Column[Any],
    now_ms: int,
    limit: int,
) -> Iterator[ColumnElement[bool]]:
    """The conditions of a search that is `wanted` in words, for so many of its entries in the
    order of the column `walked`."""
    if conn.dialect.name != "sqlite":
        return _on_postgres(query, wanted, now_ms)
    return _on_sqlite(conn, query, wanted, walked, now_ms, limit)


def _running(now_ms: int, query: SearchQuery) -> _Range:
    within_h = query.ending_within_h
    until_ms = None if within_h is None else now_ms + within_h * HOUR_MS
    return _Range(_entry.ends_at_ms, now_ms + 1, until_ms)


def _priced(query: SearchQuery) -> _Range:
    return _Range(_entry.price, query.price_from, query.price_to)


def _on_postgres(query: SearchQuery, wanted: Wanted, now_ms: int) -> Iterator[ColumnElement[bool]]:
    yield _entry.starts_at_ms <= now_ms
    for range in (_running(now_ms, query), _priced(query)):
        yield from range.holds(range.of)
    if wanted:
        yield word_index.postgres_match(wanted)


def _on_sqlite(
    conn: Connection,
    query: SearchQuery,
    wanted: Wanted,
    walked: Column[Any],
    now_ms: int,
    limit: int,
) -> Iterator[ColumnElement[bool]]:
    running, priced = _running(now_ms, query), _priced(query)
    yield _entry.starts_at_ms <= now_ms
    narrowing = []
    if wanted.all:
        numbers, test = word_index.sqlite_numbers(wanted), word_index.sqlite_test(wanted)
        effort = word_index.sqlite_effort(wanted)
        narrowing.append(sqlite_plan.Way(numbers, (test,), effort=effort))
    elif wanted:
        yield word_index.sqlite_test(wanted)  # nearly all of them are without a word
    if query.ending_within_h is None:
        yield from running.holds(_off_index(running.of, walked))  # nearly all of them do
    else:
        narrowing.append(_way(running, walked))
    if query.price_from is not None or query.price_to is not None:
        narrowing.append(_way(priced, walked))
    yield from sqlite_plan.conditions(conn, narrowing, limit)


def _way(range: _Range, walked: Column[Any]) -> sqlite_plan.Way:
    alike = search_entries.alias()
    numbers = select(alike.c.number).where(*range.holds(alike.c[range.of.name]))
    tests = range.holds(_off_index(range.of, walked))
    return sqlite_plan.Way(numbers, tests, walked=range.of is walked)


def _off_index(column: Column[Any], walked: Column[Any]) -> ColumnElement[Any]:
    """A column in a form for which SQLite reads no index: the sort's is the one to walk."""
    return column if column is walked else column + 0
