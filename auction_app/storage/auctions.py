"""Listings, each read together with the last known state of its bidding."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from service_kit.money import Money
from sqlalchemy import ColumnElement, Connection, Row, Select, insert, select, tuple_, update

from auction_app.errors import NotFound
from auction_app.model import Auction, Bidding, Photo, Terms
from auction_app.storage.tables import auctions, biddings, customers, participations, photos

_BIDDING = [column.label(f"bidding_{column.name}") for column in biddings.c]


@dataclass(frozen=True)
class Cursor:
    """Where a page of a list left off: the last row's sort value and id."""

    at_ms: int
    id: str


def add(conn: Connection, auction: Auction) -> None:
    """Publish a listing with its photos."""
    terms = auction.terms
    conn.execute(
        insert(auctions).values(
            id=auction.id,
            seller_id=auction.seller_id,
            title=auction.title,
            description=auction.description,
            currency=terms.currency,
            start_price_minor=terms.start_price.amount_minor,
            increments=[list(row) for row in terms.increments],
            starts_at_ms=terms.starts_at_ms,
            ends_at_ms=terms.ends_at_ms,
            created_at_ms=auction.created_at_ms,
            current_ends_at_ms=terms.ends_at_ms,
        )
    )
    for position, photo in enumerate(auction.photos):
        conn.execute(
            insert(photos).values(
                id=photo.id,
                auction_id=auction.id,
                position=position,
                alt=photo.alt,
                width=photo.width,
                height=photo.height,
            )
        )


def by_id(conn: Connection, auction_id: str) -> Auction:
    """The listing. Raises NotFound."""
    found = _read(conn, _select().where(auctions.c.id == auction_id))
    if not found:
        raise NotFound("no such auction")
    return found[0]


def exists(conn: Connection, auction_id: str) -> bool:
    """Whether the listing is one of ours."""
    query = select(auctions.c.id).where(auctions.c.id == auction_id)
    return conn.execute(query).first() is not None


def ending_soon(
    conn: Connection, *, now_ms: int, after: Cursor | None, limit: int
) -> list[Auction]:
    """Running auctions, the one that ends first first."""
    end = auctions.c.current_ends_at_ms
    query = _select().where(
        end > now_ms, auctions.c.closed_at_ms.is_(None), auctions.c.starts_at_ms <= now_ms
    )
    if after:
        query = query.where(tuple_(end, auctions.c.id) > (after.at_ms, after.id))
    return _read(conn, query.order_by(end, auctions.c.id).limit(limit))


def newest(conn: Connection, *, now_ms: int, limit: int) -> list[Auction]:
    """Running auctions, the last listed first."""
    query = _select().where(
        auctions.c.current_ends_at_ms > now_ms,
        auctions.c.closed_at_ms.is_(None),
        auctions.c.starts_at_ms <= now_ms,
    )
    order = (auctions.c.created_at_ms.desc(), auctions.c.id.desc())
    return _read(conn, query.order_by(*order).limit(limit))


def of_seller(
    conn: Connection, seller_id: str, *, after: Cursor | None, limit: int
) -> list[Auction]:
    """A seller's auctions, running and ended, newest first."""
    created = auctions.c.created_at_ms
    query = _select().where(auctions.c.seller_id == seller_id)
    if after:
        query = query.where(tuple_(created, auctions.c.id) < (after.at_ms, after.id))
    return _read(conn, query.order_by(created.desc(), auctions.c.id.desc()).limit(limit))


def of_bidder(
    conn: Connection, customer_id: str, *, after: Cursor | None, limit: int
) -> list[tuple[Auction, int]]:
    """The auctions that a customer has bid in, each with the time of the last bid (ms), the
    latest first."""
    last = participations.c.last_bid_at_ms
    query = (
        _select()
        .add_columns(last)
        .join(participations, participations.c.auction_id == auctions.c.id)
        .where(participations.c.customer_id == customer_id)
    )
    if after:
        query = query.where(tuple_(last, participations.c.auction_id) < (after.at_ms, after.id))
    query = query.order_by(last.desc(), participations.c.auction_id.desc()).limit(limit)
    rows = conn.execute(query).all()
    found = _as_auctions(conn, rows)
    return [(auction, row.last_bid_at_ms) for auction, row in zip(found, rows, strict=True)]


def overdue(conn: Connection, *, before_ms: int, limit: int) -> list[str]:
    """Ids of auctions whose time was up before then and whose bidding was not seen closed."""
    end = auctions.c.current_ends_at_ms
    query = select(auctions.c.id).where(auctions.c.closed_at_ms.is_(None), end < before_ms)
    return list(conn.execute(query.order_by(end).limit(limit)).scalars())


def follow_bidding(conn: Connection, auction_id: str, bidding: Bidding, *, now_ms: int) -> bool:
    """Let the listing's end follow its bidding's; True when this has just closed it."""
    mine: ColumnElement[bool] = auctions.c.id == auction_id
    if not bidding.closed:
        conn.execute(update(auctions).where(mine).values(current_ends_at_ms=bidding.ends_at_ms))
        return False
    closed = conn.execute(
        update(auctions)
        .where(mine, auctions.c.closed_at_ms.is_(None))
        .values(current_ends_at_ms=bidding.ends_at_ms, closed_at_ms=now_ms)
    )
    return closed.rowcount == 1


def _select() -> Select[Any]:
    return (
        select(auctions, customers.c.name.label("seller_name"), *_BIDDING)
        .join(customers, customers.c.id == auctions.c.seller_id)
        .outerjoin(biddings, biddings.c.auction_id == auctions.c.id)
    )


def _read(conn: Connection, query: Select[Any]) -> list[Auction]:
    return _as_auctions(conn, conn.execute(query).all())


def _as_auctions(conn: Connection, rows: Iterable[Row[Any]]) -> list[Auction]:
    rows = list(rows)
    photos_of = _photos_of(conn, [row.id for row in rows])
    return [_as_auction(row, photos_of.get(row.id, ())) for row in rows]


def _photos_of(conn: Connection, auction_ids: list[str]) -> dict[str, tuple[Photo, ...]]:
    query = select(photos).where(photos.c.auction_id.in_(auction_ids)).order_by(photos.c.position)
    found: dict[str, tuple[Photo, ...]] = {}
    for row in conn.execute(query):
        photo = Photo(id=row.id, alt=row.alt, width=row.width, height=row.height)
        found[row.auction_id] = (*found.get(row.auction_id, ()), photo)
    return found


def _as_auction(row: Row[Any], its_photos: tuple[Photo, ...]) -> Auction:
    terms = Terms(
        start_price=Money(row.start_price_minor, row.currency),
        increments=tuple((start, step) for start, step in row.increments),
        starts_at_ms=row.starts_at_ms,
        ends_at_ms=row.ends_at_ms,
    )
    return Auction(
        id=row.id,
        seller_id=row.seller_id,
        seller_name=row.seller_name,
        title=row.title,
        description=row.description,
        terms=terms,
        created_at_ms=row.created_at_ms,
        photos=its_photos,
        bidding=_as_bidding(row) if row.bidding_url else None,
    )


def _as_bidding(row: Row[Any]) -> Bidding:
    def money(minor: int | None) -> Money | None:
        return None if minor is None else Money(minor, row.currency)

    return Bidding(
        url=row.bidding_url,
        status=row.bidding_status,
        outcome=row.bidding_outcome,
        price=money(row.bidding_price_minor),
        minimum=money(row.bidding_minimum_minor),
        bid_count=row.bidding_bid_count,
        reserve=row.bidding_reserve,
        ends_at_ms=row.bidding_ends_at_ms,
        version=row.bidding_version,
        leader_id=row.bidding_leader_id,
    )
