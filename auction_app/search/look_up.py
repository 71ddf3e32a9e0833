"""Look something up: a page of it, how much there is, and what was meant if there is nothing."""

from dataclasses import dataclass, replace

from auction_app.db.paging import Cursor
from auction_app.db.store import Transaction
from auction_app.search.query import SearchQuery
from auction_app.search.repository.find import Page, find
from auction_app.search.repository.tally import Tally, tally
from auction_app.search.repository.vocabulary import parts_known
from auction_app.search.respell import respell
from auction_app.search.wanted import Containing


@dataclass(frozen=True)
class Found:
    """`query` is what was looked for in the end: `respelt` where that has other words."""

    query: SearchQuery
    page: Page
    tally: Tally
    respelt: bool = False


def look_up(
    conn: Transaction, query: SearchQuery, *, now_ms: int, after: Cursor | None, limit: int
) -> Found:
    """What matches the query, or else what it may have meant."""
    containing = parts_known(conn)
    found = _found(conn, query, containing, now_ms, after, limit)
    if found.tally.total or not query.words:
        return found
    meant = respell(conn, query, containing, now_ms=now_ms)
    if meant is None:
        return found
    return replace(_found(conn, meant, containing, now_ms, after, limit), respelt=True)


def _found(
    conn: Transaction,
    query: SearchQuery,
    containing: Containing,
    now_ms: int,
    after: Cursor | None,
    limit: int,
) -> Found:
    page = find(conn, query, containing, now_ms=now_ms, after=after, limit=limit)
    return Found(query, page, tally(conn, query, containing, now_ms=now_ms))
