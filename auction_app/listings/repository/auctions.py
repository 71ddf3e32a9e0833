"""Listings, each read together with the last known state of its bidding."""

from collections.abc import Sequence
from typing import Any

from service_kit.money import Money
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    insert,
    select,
    update,
)

from auction_app.accounts.model import Customer
from auction_app.db.paging import Cursor, paged
from auction_app.db.tables import auctions, biddings, photos
from auction_app.errors import NotFound
from auction_app.listings.categories import top_of, within
from auction_app.listings.model import Auction, Bidding, check_shown
from auction_app.listings.repository.rows import as_auction, read, select_auctions


def _ending_soon(after: Cursor | None) -> Select[Any]:
    end = auctions.c.current_ends_at_ms
    return paged(_RUNNING, end, auctions.c.id, after=after, limit=_most, rising=True)


# Built once: for so small a query, building it costs more than running it.
_ONE = select_auctions().where(auctions.c.id == bindparam("auction_id"))
_SEVERAL = select_auctions().where(auctions.c.id.in_(bindparam("auction_ids", expanding=True)))
_most: BindParameter[int] = bindparam("most")
_RUNNING = select_auctions().where(
    auctions.c.current_ends_at_ms > bindparam("now_ms"),
    auctions.c.closed_at_ms.is_(None),
    auctions.c.hidden_at_ms.is_(None),
    auctions.c.starts_at_ms <= bindparam("now_ms"),
)
_ENDING_SOON = _ending_soon(None)
_NEWEST = paged(_RUNNING, auctions.c.created_at_ms, auctions.c.id, after=None, limit=_most)


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
            reserve_minor=_minor(terms.reserve),
            buy_now_minor=_minor(terms.buy_now),
            soft_close_window_ms=terms.soft_close.window_ms if terms.soft_close else None,
            soft_close_extension_ms=terms.soft_close.extension_ms if terms.soft_close else None,
            hard_end_at_ms=terms.hard_end_at_ms,
            **vars(auction.details),
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
    """The listing. Raises NotFound, SpoiltRow."""
    row = conn.execute(_ONE, {"auction_id": auction_id}).first()
    if row is None:
        raise NotFound("no such auction")
    return as_auction(conn, row)


def by_ids(conn: Connection, auction_ids: Sequence[str]) -> list[Auction]:
    """Those of these listings that can be read, in the order of the ids."""
    found = {it.id: it for it in read(conn, _SEVERAL, {"auction_ids": auction_ids})}
    return [found[id] for id in auction_ids if id in found]


def shown_to(conn: Connection, auction_id: str, who: Customer | None) -> Auction:
    """The listing, as somebody may see it. Raises NotFound, Removed."""
    auction = by_id(conn, auction_id)
    check_shown(auction, who)
    return auction


def own(conn: Connection, auction_id: str, seller: Customer) -> Auction:
    """The seller's own listing. Raises NotFound, also for somebody else's."""
    auction = by_id(conn, auction_id)
    if auction.seller_id != seller.id:
        raise NotFound("somebody else's auction")
    return auction


def exists(conn: Connection, auction_id: str) -> bool:
    """Whether the listing is one of ours."""
    query = select(auctions.c.id).where(auctions.c.id == auction_id)
    return conn.execute(query).first() is not None


def payment_methods(conn: Connection, auction_id: str) -> str:
    """How its seller wants to be paid, in their own words; empty where they said nothing."""
    said = conn.execute(select(auctions.c.payment).where(auctions.c.id == auction_id)).scalar()
    return said if isinstance(said, str) else ""


def ending_soon(
    conn: Connection, *, now_ms: int, after: Cursor | None, limit: int
) -> list[Auction]:
    """Running auctions, the one that ends first first."""
    query = _ending_soon(after) if after else _ENDING_SOON
    return read(conn, query, {"now_ms": now_ms, "most": limit})


def newest(conn: Connection, *, now_ms: int, limit: int) -> list[Auction]:
    """Running auctions, the last listed first."""
    return read(conn, _NEWEST, {"now_ms": now_ms, "most": limit})


def of_kind(
    conn: Connection, category: str, currency: str, *, sold: bool, now_ms: int, limit: int
) -> list[Auction]:
    """The latest listed of a category and all its subcategories that run, or that were `sold`,
    in one currency."""
    theirs = (auctions.c.category.in_(within(top_of(category))), auctions.c.currency == currency)
    query = select_auctions().where(*theirs, auctions.c.hidden_at_ms.is_(None))
    if sold:
        query = query.where(auctions.c.closed_at_ms.is_not(None), biddings.c.outcome == "sold")
    else:
        query = query.where(
            auctions.c.closed_at_ms.is_(None),
            auctions.c.current_ends_at_ms > now_ms,
            auctions.c.starts_at_ms <= now_ms,
        )
    by = auctions.c.created_at_ms
    return read(conn, paged(query, by, auctions.c.id, after=None, limit=limit))


def of_seller(
    conn: Connection,
    seller_id: str,
    *,
    after: Cursor | None,
    limit: int,
    shown: bool = False,
    only: ColumnElement[bool] | None = None,
) -> list[Auction]:
    """A seller's auctions, running and ended, newest first; only those `shown` to everybody, or
    all of them, or `only` some (of their state)."""
    created = auctions.c.created_at_ms
    query = select_auctions().where(auctions.c.seller_id == seller_id)
    if only is not None:
        query = query.where(only)
    if shown:
        query = query.where(auctions.c.hidden_at_ms.is_(None))
    return read(conn, paged(query, created, auctions.c.id, after=after, limit=limit))


def lock(conn: Connection, auction_id: str) -> None:
    """Have who changes the listing wait until this transaction ends."""
    conn.execute(select(auctions.c.id).where(auctions.c.id == auction_id).with_for_update())


def change(conn: Connection, auction_id: str, **values: str | int | None) -> None:
    """Change how a listing is described."""
    conn.execute(update(auctions).where(auctions.c.id == auction_id).values(**values))


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


def _minor(amount: Money | None) -> int | None:
    return amount.amount_minor if amount else None
