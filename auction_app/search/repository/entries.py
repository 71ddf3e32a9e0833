"""Keep the search's entries as the listings are."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import Any

from service_kit.dialects import insert_returning
from sqlalchemy import Connection, and_, delete, exists, func, select, text, update

from auction_app.db.tables import auctions, search_entries, watches
from auction_app.listings.categories import top_of
from auction_app.listings.model import Auction
from auction_app.search.query import facets, thousandths
from auction_app.search.repository import vocabulary
from auction_app.search.repository.word_index import lexemes
from auction_app.search.wanted import stem_token, title_token
from auction_app.search.words import Word, single_signs, words_in

RULES = 1
"""By which words are taken apart; one more with every change of them."""


def put(conn: Connection, listed: Sequence[Auction]) -> None:
    """Make listings searchable as they are now, in place of what was known of them; those that are
    closed are taken out."""
    _remove(conn, [auction.id for auction in listed])
    found = {it.id: it for it in listed if not (it.bidding and it.bidding.closed)}
    if not found:
        return
    watching = _watchers(conn, found)
    rows = [_row(auction, watching[auction.id]) for auction in found.values()]
    entry = search_entries.c
    numbers = insert_returning(
        conn, search_entries, rows, entry.number, entry.auction_id, replacing=entry.auction_id
    )
    words = {id: words_in(f"{it.title} {it.description}") for id, it in found.items()}
    vocabulary.add(conn, chain.from_iterable(words.values()))
    texts = {id: (_texts(found[id], said), _tokens(found[id], said)) for id, said in words.items()}
    _put_words(conn, {row.number: texts[row.auction_id] for row in numbers})


def follow(conn: Connection, auction: Auction) -> None:
    """Let price, interest and end follow the bidding; the words stay as they are."""
    if auction.bidding and auction.bidding.closed:
        remove(conn, auction.id)
        return
    conn.execute(
        update(search_entries)
        .where(search_entries.c.auction_id == auction.id)
        .values(
            price=thousandths(auction.price or auction.terms.start_price),
            interest=auction.bid_count + watchers(conn, auction.id),
            ends_at_ms=auction.ends_at_ms,
        )
    )


def remove(conn: Connection, auction_id: str) -> None:
    """Take a listing out of the search, if it is there."""
    _remove(conn, [auction_id])


def watchers(conn: Connection, auction_id: str) -> int:
    """How many watch a listing."""
    return _watchers(conn, [auction_id])[auction_id]


def missing(conn: Connection, *, now_ms: int, limit: int) -> list[str]:
    """Ids of listings that run and can't be found, or not by the rules of today."""
    runs = and_(
        auctions.c.closed_at_ms.is_(None),
        auctions.c.hidden_at_ms.is_(None),
        auctions.c.current_ends_at_ms > now_ms,
    )
    found = exists().where(search_entries.c.auction_id == auctions.c.id)
    lost = list(conn.execute(select(auctions.c.id).where(runs, ~found).limit(limit)).scalars())
    old = select(search_entries.c.auction_id).where(search_entries.c.rules < RULES)
    return lost or list(conn.execute(old.limit(limit)).scalars())


def _remove(conn: Connection, auction_ids: Collection[str]) -> None:
    entry = search_entries.c
    these = delete(search_entries).where(entry.auction_id.in_(auction_ids)).returning(entry.number)
    gone = [{"number": number} for number in conn.scalars(these)]
    if gone and conn.dialect.name == "sqlite":
        conn.execute(text("DELETE FROM auction_words WHERE rowid = :number"), gone)


def _watchers(conn: Connection, auction_ids: Collection[str]) -> Counter[str]:
    watched = watches.c.auction_id
    query = select(watched, func.count()).where(watched.in_(auction_ids)).group_by(watched)
    return Counter({id: number for id, number in conn.execute(query)})


def _row(auction: Auction, watching: int) -> dict[str, Any]:
    return {
        "auction_id": auction.id,
        "category": auction.details.category,
        "condition": auction.details.condition,
        "format": _format(auction),
        "currency": auction.terms.currency,
        "rules": RULES,
        "price": thousandths(auction.price or auction.terms.start_price),
        "interest": auction.bid_count + watching,
        "starts_at_ms": auction.terms.starts_at_ms,
        "ends_at_ms": auction.ends_at_ms,
        "listed_at_ms": auction.created_at_ms,
    }


def _format(auction: Auction) -> str:
    return "buy_now" if auction.terms.buy_now else "auction"


def _texts(auction: Auction, words: Sequence[Word]) -> list[str]:
    """What is found as it is typed."""
    signs = single_signs(f"{auction.title} {auction.description}")
    return [*(word.plain for word in words), *signs]


def _tokens(auction: Auction, words: Sequence[Word]) -> list[str]:
    """What is found in other forms, and by choices."""
    details, titled = auction.details, words_in(auction.title)
    stems = [stem_token(stem).text for word in words for stem in word.stems]
    title = [title_token(stem).text for word in titled for stem in word.stems]
    title += [title_token(sign).text for sign in single_signs(auction.title)]
    chosen = facets(details.category, details.condition, _format(auction), auction.terms.currency)
    chosen += facets(top_of(details.category), None, None, None)
    return list(dict.fromkeys([*stems, *title, *chosen]))


def _put_words(conn: Connection, texts: Mapping[int, tuple[Sequence[str], Sequence[str]]]) -> None:
    if conn.dialect.name == "sqlite":
        statement = "INSERT INTO auction_words (rowid, words) VALUES (:number, :words)"
        rows: list[dict[str, Any]] = [
            {"number": number, "words": " ".join([*words, *tokens])}
            for number, (words, tokens) in texts.items()
        ]
    else:
        statement = (
            "UPDATE search_entries SET words = array_to_tsvector(:words) WHERE number = :number"
        )
        rows = [
            {"number": number, "words": lexemes(words, tokens)}
            for number, (words, tokens) in texts.items()
        ]
    conn.execute(text(statement), rows)
