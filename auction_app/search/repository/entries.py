"""Keep the search's entries as the listings are."""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, delete, exists, func, insert, select, text, update

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


def put(conn: Connection, auction: Auction) -> None:
    """Make a listing searchable as it is now, in place of what was known of it; one that is
    closed is taken out."""
    remove(conn, auction.id)
    if auction.bidding and auction.bidding.closed:
        return
    price = auction.price or auction.terms.start_price
    number = conn.execute(
        insert(search_entries)
        .values(
            auction_id=auction.id,
            category=auction.details.category,
            condition=auction.details.condition,
            format=_format(auction),
            currency=auction.terms.currency,
            rules=RULES,
            price=thousandths(price),
            interest=auction.bid_count + watchers(conn, auction.id),
            starts_at_ms=auction.terms.starts_at_ms,
            ends_at_ms=auction.ends_at_ms,
            listed_at_ms=auction.created_at_ms,
        )
        .returning(search_entries.c.number)
    ).scalar_one()
    words = words_in(f"{auction.title} {auction.description}")
    vocabulary.add(conn, words)
    _put_words(conn, number, _texts(auction, words), _tokens(auction, words))


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
    mine = search_entries.c.auction_id == auction_id
    number = conn.execute(select(search_entries.c.number).where(mine)).scalar_one_or_none()
    if number is None:
        return
    conn.execute(delete(search_entries).where(mine))
    if conn.dialect.name == "sqlite":
        conn.execute(text("DELETE FROM auction_words WHERE rowid = :number"), {"number": number})


def watchers(conn: Connection, auction_id: str) -> int:
    """How many watch a listing."""
    query = select(func.count()).select_from(watches).where(watches.c.auction_id == auction_id)
    return conn.execute(query).scalar_one()


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


def _put_words(conn: Connection, number: int, words: list[str], tokens: list[str]) -> None:
    if conn.dialect.name == "sqlite":
        statement = "INSERT INTO auction_words (rowid, words) VALUES (:number, :words)"
        conn.execute(text(statement), {"number": number, "words": " ".join([*words, *tokens])})
    else:
        statement = (
            "UPDATE search_entries SET words = array_to_tsvector(:words) WHERE number = :number"
        )
        conn.execute(text(statement), {"number": number, "words": lexemes(words, tokens)})
