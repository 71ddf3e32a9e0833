"""How rows become listings, with their photos and the last known state of their bidding."""

from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

from service_kit.money import Money
from sqlalchemy import Connection, Row, Select, bindparam, select

from auction_app.db import readable
from auction_app.db.tables import auctions, biddings, customers, photos
from auction_app.listings.categories import EVERY_CATEGORY
from auction_app.listings.model import Auction, Bidding, Photo
from auction_app.listings.terms import CONDITIONS, DELIVERIES, RETURNS, Details, SoftClose, Terms

_BIDDING = [column.label(f"bidding_{column.name}") for column in biddings.c]

_WORDS = frozenset([*EVERY_CATEGORY, *CONDITIONS, *RETURNS, *DELIVERIES])

# Built once: for so small a query, building it costs more than running it.
_PHOTOS = (
    select(photos)
    .where(photos.c.auction_id.in_(bindparam("auction_ids", expanding=True)))
    .order_by(photos.c.position)
)


@cache
def select_auctions() -> Select[Any]:
    """Listings with their sellers' names and last known biddings; narrow it, then `read` it."""
    return (
        select(auctions, customers.c.name.label("seller_name"), *_BIDDING)
        .join(customers, customers.c.id == auctions.c.seller_id)
        .outerjoin(biddings, biddings.c.auction_id == auctions.c.id)
    )


def read(
    conn: Connection, query: Select[Any], values: Mapping[str, Any] | None = None
) -> list[Auction]:
    """The listings that a query on `select_auctions` finds, with their photos; without those that
    can't be read."""
    found = readable.filled(conn, query, partial(_as_auctions, conn), values)
    return [auction for auction, _ in found]


def read_with_rows(conn: Connection, query: Select[Any]) -> list[tuple[Auction, Row[Any]]]:
    """The same, each with its row."""
    return readable.filled(conn, query, partial(_as_auctions, conn))


def _as_auctions(conn: Connection, rows: Sequence[Row[Any]]) -> list[tuple[Auction, Row[Any]]]:
    """The listings in rows of such a query, each with its row; without those that can't be
    read."""
    photos_of = _photos_of(conn, [row.id for row in rows])
    make = partial(_as_auction, photos_of)
    return list(readable.each(auctions, rows, make))


def as_auction(conn: Connection, row: Row[Any]) -> Auction:
    """The listing in a row of such a query. Raises SpoiltRow."""
    return readable.one(auctions, row, partial(_as_auction, _photos_of(conn, [row.id])))


def _photos_of(conn: Connection, auction_ids: list[str]) -> dict[str, tuple[Photo, ...]]:
    found: dict[str, tuple[Photo, ...]] = {}
    for row in conn.execute(_PHOTOS, {"auction_ids": auction_ids}):
        photo = Photo(id=row.id, alt=row.alt, width=row.width, height=row.height)
        found[row.auction_id] = (*found.get(row.auction_id, ()), photo)
    return found


def _as_auction(photos_of: Mapping[str, tuple[Photo, ...]], row: Row[Any]) -> Auction:
    auction = Auction(
        id=row.id,
        seller_id=row.seller_id,
        seller_name=row.seller_name,
        title=row.title,
        description=row.description,
        terms=_as_terms(row),
        created_at_ms=row.created_at_ms,
        photos=photos_of.get(row.id, ()),
        bidding=None if row.bidding_url is None else _as_bidding(row),
        hidden=row.hidden_at_ms is not None,
        details=_as_details(row),
    )
    auction.total(auction.minimum)  # Money says so where there is no such amount
    return auction


def _as_details(row: Row[Any]) -> Details:
    for word in (row.category, row.condition, row.returns, row.delivery):
        if word not in _WORDS:
            raise ValueError(f"{word!r} is no word for a listing")
    return Details(
        category=row.category,
        condition=row.condition,
        postage=row.postage,
        returns=row.returns,
        delivery=row.delivery,
        postage_minor=row.postage_minor,
        location=row.location,
        payment=row.payment,
    )


def _as_terms(row: Row[Any]) -> Terms:
    window_ms, extension_ms = row.soft_close_window_ms, row.soft_close_extension_ms
    increments = tuple((start, step) for start, step in row.increments)
    if {type(number) for pair in increments for number in pair} - {int}:
        raise ValueError("increments are no pairs of whole numbers")
    return Terms(
        start_price=Money(row.start_price_minor, row.currency),
        increments=increments,
        starts_at_ms=row.starts_at_ms,
        ends_at_ms=row.ends_at_ms,
        reserve=_money(row.reserve_minor, row.currency),
        buy_now=_money(row.buy_now_minor, row.currency),
        soft_close=SoftClose(window_ms=window_ms, extension_ms=extension_ms) if window_ms else None,
        hard_end_at_ms=row.hard_end_at_ms,
    )


def _as_bidding(row: Row[Any]) -> Bidding:
    readable.check_numbers(biddings, row, "bidding_")
    return Bidding(
        url=row.bidding_url,
        status=row.bidding_status,
        outcome=row.bidding_outcome,
        price=_money(row.bidding_price_minor, row.currency),
        minimum=_money(row.bidding_minimum_minor, row.currency),
        bid_count=row.bidding_bid_count,
        reserve=row.bidding_reserve,
        ends_at_ms=row.bidding_ends_at_ms,
        version=row.bidding_version,
        leader_id=row.bidding_leader_id,
        possible=frozenset(row.bidding_possible.split()),
    )


def _money(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money(minor, currency)
