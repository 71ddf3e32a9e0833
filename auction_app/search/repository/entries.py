"""Keep the search's entries as the listings are."""

from sqlalchemy import Connection, delete, exists, func, insert, select, text, update

from auction_app.db.tables import auctions, search_entries, watches
from auction_app.listings.model import Auction
from auction_app.search.query import facets, fold, thousandths
from auction_app.search.repository.words import lexemes


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
            price=thousandths(price),
            interest=auction.bid_count + watchers(conn, auction.id),
            starts_at_ms=auction.terms.starts_at_ms,
            ends_at_ms=auction.ends_at_ms,
            listed_at_ms=auction.created_at_ms,
        )
        .returning(search_entries.c.number)
    ).scalar_one()
    _put_words(conn, number, _words_of(auction))


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
    """Ids of listings that run and can't be found."""
    query = select(auctions.c.id).where(
        auctions.c.closed_at_ms.is_(None),
        auctions.c.hidden_at_ms.is_(None),
        auctions.c.current_ends_at_ms > now_ms,
        ~exists().where(search_entries.c.auction_id == auctions.c.id),
    )
    return list(conn.execute(query.limit(limit)).scalars())


def _words_of(auction: Auction) -> list[str]:
    details, format = auction.details, "buy_now" if auction.terms.buy_now else "auction"
    text = f"{auction.title} {auction.description}"
    chosen = facets(details.category, details.condition, format, auction.terms.currency)
    return [*fold(text), *chosen]


def _put_words(conn: Connection, number: int, words: list[str]) -> None:
    if conn.dialect.name == "sqlite":
        statement = "INSERT INTO auction_words (rowid, words) VALUES (:number, :words)"
        conn.execute(text(statement), {"number": number, "words": " ".join(words)})
    else:
        statement = (
            "UPDATE search_entries SET words = array_to_tsvector(:words) WHERE number = :number"
        )
        conn.execute(text(statement), {"number": number, "words": lexemes(words)})
