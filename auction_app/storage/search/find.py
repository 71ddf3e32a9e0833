"""Find open listings, a page at a time.

PostgreSQL's planner knows how common a word or a price is and chooses between walking the sort's
index and reading the other. SQLite's does not, so here the words' index is read once, and a range
of prices that few listings are in is read by the price's index.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    column,
    func,
    literal,
    select,
    table,
    tuple_,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from auction_app.model import Auction
from auction_app.search_query import SearchQuery, is_prefix
from auction_app.storage.auction_rows import read, select_auctions
from auction_app.storage.auctions import Cursor
from auction_app.storage.tables import auctions, search_entries

FEW = 1_000
HOUR_MS = 3_600_000

_entry = search_entries.c
_words = table("auction_words", column("rowid"), column("auction_words"))


@dataclass(frozen=True)
class _Order:
    by: Column[Any]
    descending: bool


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
    statement = select(_entry.auction_id, order.by.label("place"))
    statement = statement.where(*_plain_conditions(query, order, now_ms))
    statement = statement.where(*_narrowing(conn, query))
    rows = conn.execute(_paged(statement, order, after, limit + 1)).all()
    more = Cursor(rows[limit - 1].place, rows[limit - 1].auction_id) if rows[limit:] else None
    return Page(_in_order(conn, [row.auction_id for row in rows[:limit]]), more)


def _in_order(conn: Connection, ids: list[str]) -> tuple[Auction, ...]:
    shown = auctions.c.hidden_at_ms.is_(None)
    found = {a.id: a for a in read(conn, select_auctions().where(auctions.c.id.in_(ids), shown))}
    return tuple(found[id] for id in ids if id in found)


def _paged(statement: Select[Any], order: _Order, after: Cursor | None, limit: int) -> Select[Any]:
    place = tuple_(order.by, _entry.auction_id)
    if after:
        start = tuple_(literal(after.at_ms), literal(after.id))
        statement = statement.where(place < start if order.descending else place > start)
    by = (order.by, _entry.auction_id)
    return statement.order_by(*(c.desc() if order.descending else c for c in by)).limit(limit)


def _plain_conditions(query: SearchQuery, order: _Order, now_ms: int) -> list[ColumnElement[bool]]:
    ends = _off_index(_entry.ends_at_ms, order)
    price = _off_index(_entry.price, order)
    conditions = [ends > now_ms, _entry.starts_at_ms <= now_ms]
    if query.ending_within_h is not None:
        conditions.append(ends <= now_ms + query.ending_within_h * HOUR_MS)
    if query.price_from is not None:
        conditions.append(price >= query.price_from)
    if query.price_to is not None:
        conditions.append(price <= query.price_to)
    return conditions


def _off_index(column: Column[Any], order: _Order) -> ColumnElement[Any]:
    """A column in a form for which SQLite reads no index: the sort's is the one to walk."""
    return column if column is order.by else column + 0


def _narrowing(conn: Connection, query: SearchQuery) -> Iterator[ColumnElement[bool]]:
    """What the words' index, and on SQLite a rare price, have to say."""
    if conn.dialect.name != "sqlite":
        if query.words or query.tokens:
            words = column("words", TSVECTOR)
            yield words.op("@@")(func.to_tsquery("simple", _postgres_match(query)))
        return
    if query.words or query.tokens:
        match = _words.c.auction_words.op("MATCH")(_sqlite_match(query))
        # Read once, as asking the words' index anew for every row walked costs a hundredfold.
        yield _entry.number.in_(select(_words.c.rowid).where(match))
    if _price_is_rare(conn, query):
        yield _entry.number.in_(_in_price_range(query))


def _are_few(conn: Connection, matching: Select[Any]) -> bool:
    counted = select(func.count()).select_from(matching.limit(FEW + 1).subquery())
    return conn.execute(counted).scalar_one() <= FEW


def _price_is_rare(conn: Connection, query: SearchQuery) -> bool:
    if query.price_from is None and query.price_to is None:
        return False
    return _are_few(conn, _in_price_range(query))


def _in_price_range(query: SearchQuery) -> Select[Any]:
    priced = search_entries.alias()
    found = select(priced.c.number)
    if query.price_from is not None:
        found = found.where(priced.c.price >= query.price_from)
    if query.price_to is not None:
        found = found.where(priced.c.price <= query.price_to)
    return found


def _sqlite_match(query: SearchQuery) -> str:
    words = [f'"{word}"*' if is_prefix(word) else f'"{word}"' for word in query.words]
    return " AND ".join([*words, *(f'"{token}"' for token in query.tokens)])


def _postgres_match(query: SearchQuery) -> str:
    words = [f"'{word}':*" if is_prefix(word) else f"'{word}'" for word in query.words]
    return " & ".join([*words, *(f"'{token}'" for token in query.tokens)])
