"""The copy of what bids_service knows: biddings, bids, and who took part where."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from service_kit.dialects import insert_or
from service_kit.money import Money
from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from auction_app.bidding.model import Bid
from auction_app.db import readable
from auction_app.db.tables import auctions, biddings, bids, participations
from auction_app.listings.model import Bidding

RAISED = "raised"
"""A leader's higher maximum: nothing public changed, and the public count leaves it out."""

# Built once: for so small a query, building it costs more than running it.
_HISTORY = (
    select(
        bids.c.url,
        bids.c.bidder_id,
        bids.c.outcome,
        bids.c.price_minor,
        auctions.c.currency,
        bids.c.placed_at_ms,
        bids.c.sequence,
        bids.c.masked_bidder,
        bids.c.retracted_at_ms,
    )
    .join_from(bids, auctions)
    .where(bids.c.auction_id == bindparam("auction_id"))
    .order_by(bids.c.sequence.desc())
    .limit(bindparam("most"))
)


def keep(conn: Connection, auction_id: str, bidding: Bidding, *, now_ms: int) -> bool:
    """Store a fetched bidding unless a newer version is here; True when it was stored.

    The auction must be one of ours.
    """
    _lock(conn, auction_id)
    known = conn.execute(
        select(biddings.c.version).where(biddings.c.auction_id == auction_id)
    ).scalar_one_or_none()
    if known is not None and known > bidding.version:
        return False
    row = {
        "url": bidding.url,
        "status": bidding.status,
        "outcome": bidding.outcome,
        "price_minor": bidding.price.amount_minor if bidding.price else None,
        "minimum_minor": bidding.minimum.amount_minor if bidding.minimum else None,
        "bid_count": bidding.bid_count,
        "reserve": bidding.reserve,
        "ends_at_ms": bidding.ends_at_ms,
        "version": bidding.version,
        "leader_id": bidding.leader_id,
        "possible": " ".join(sorted(bidding.possible)),
        "fetched_at_ms": now_ms,
    }
    if known is None:
        row |= {"auction_id": auction_id, "known_bids": _count_bids(conn, auction_id)}
        conn.execute(insert(biddings).values(row))
    else:
        conn.execute(update(biddings).where(biddings.c.auction_id == auction_id).values(row))
    if bidding.leader_id:  # who bought at once takes part without a bid
        _note_participation(conn, bidding.leader_id, auction_id, 0 if bidding.bid_count else now_ms)
    return True


def keep_bid(conn: Connection, bid: Bid) -> bool:
    """Store a bid once; False when it was here already. The auction must be one of ours."""
    _lock(conn, bid.auction_id)
    mine = bids.c.url == bid.url
    known = conn.execute(update(bids).where(mine).values(masked_bidder=bid.masked_bidder))
    if known.rowcount:
        return False
    conn.execute(
        insert(bids).values(
            url=bid.url,
            auction_id=bid.auction_id,
            bidder_id=bid.bidder_id,
            outcome=bid.outcome,
            price_minor=bid.price.amount_minor,
            placed_at_ms=bid.placed_at_ms,
            sequence=bid.sequence,
            masked_bidder=bid.masked_bidder,
        )
    )
    if bid.outcome != RAISED:
        conn.execute(
            update(biddings)
            .where(biddings.c.auction_id == bid.auction_id)
            .values(known_bids=biddings.c.known_bids + 1)
        )
    _note_participation(conn, bid.bidder_id, bid.auction_id, bid.placed_at_ms)
    return True


def _lock(conn: Connection, auction_id: str) -> None:
    # The page that placed a bid and the job that was told of it store it at the same time.
    conn.execute(select(auctions.c.id).where(auctions.c.id == auction_id).with_for_update())


def mark_retracted(
    conn: Connection,
    auction_id: str,
    still: Sequence[str],
    *,
    placed_before_ms: int,
    now_ms: int,
) -> None:
    """Mark the public bids of an auction that are not among the URLs that `still` count, and
    count anew those that do."""
    gone = [
        row.url
        for row in conn.execute(
            select(bids.c.url).where(
                bids.c.auction_id == auction_id,
                bids.c.outcome != RAISED,
                bids.c.retracted_at_ms.is_(None),
                bids.c.placed_at_ms < placed_before_ms,
            )
        )
        if row.url not in set(still)
    ]
    if gone:
        conn.execute(update(bids).where(bids.c.url.in_(gone)).values(retracted_at_ms=now_ms))
    known = update(biddings).where(biddings.c.auction_id == auction_id)
    conn.execute(known.values(known_bids=_count_bids(conn, auction_id)))


def history(conn: Connection, auction_id: str, limit: int) -> list[Bid]:
    """The latest bids in an auction, newest first."""
    rows: Iterable[Row[Any]] = conn.execute(_HISTORY, {"auction_id": auction_id, "most": limit})
    found = readable.each(bids, rows, lambda row: _bid(auction_id, *row))
    return [bid for bid, _ in found]


@lru_cache(maxsize=10_000)  # who looks at a page reads the same bids as who looked before
def _bid(auction_id: str, *columns: Any) -> Bid:
    url, bidder_id, outcome, price_minor, currency, *rest = columns
    placed_at_ms, sequence, mask, retracted_at_ms = rest
    return Bid(
        url=url,
        auction_id=auction_id,
        bidder_id=bidder_id,
        outcome=outcome,
        price=Money(price_minor, currency),
        placed_at_ms=placed_at_ms,
        sequence=sequence,
        masked_bidder=mask,
        retracted_at_ms=retracted_at_ms,
    )


def _count_bids(conn: Connection, auction_id: str) -> int:
    query = (
        select(func.count())
        .select_from(bids)
        .where(
            bids.c.auction_id == auction_id,
            bids.c.outcome != RAISED,
            bids.c.retracted_at_ms.is_(None),
        )
    )
    return conn.execute(query).scalar_one()


def _note_participation(conn: Connection, customer_id: str, auction_id: str, at_ms: int) -> None:
    statement = insert_or(conn, participations).values(
        customer_id=customer_id, auction_id=auction_id, last_bid_at_ms=at_ms
    )
    later = statement.excluded.last_bid_at_ms
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["customer_id", "auction_id"],
            set_={"last_bid_at_ms": later},
            where=participations.c.last_bid_at_ms < later,
        )
    )
