"""What ought to have changed and no event has told of."""

from sqlalchemy import Connection, exists, not_, or_, select

from auction_app.db.tables import auctions, biddings

MINUTE_MS, HOUR_MS = 60_000, 3_600_000


def not_closed(conn: Connection) -> list[str]:
    """Ids of all auctions whose bidding was not seen closed."""
    query = select(auctions.c.id).where(auctions.c.closed_at_ms.is_(None))
    return list(conn.execute(query.order_by(auctions.c.current_ends_at_ms)).scalars())


def overdue(conn: Connection, *, before_ms: int, limit: int) -> list[str]:
    """Ids of auctions whose time was up before then and whose bidding was seen neither closed nor
    frozen."""
    end = auctions.c.current_ends_at_ms
    frozen = exists().where(biddings.c.auction_id == auctions.c.id, biddings.c.status == "frozen")
    late = (auctions.c.closed_at_ms.is_(None), end < before_ms)
    query = select(auctions.c.id).where(*late, not_(frozen))
    return list(conn.execute(query.order_by(end).limit(limit)).scalars())


def unheard_of(conn: Connection, *, after_ms: int, before_ms: int, limit: int) -> list[str]:
    """Ids of auctions listed between then and then whose bidding nobody has told of."""
    created = auctions.c.created_at_ms
    query = (
        select(auctions.c.id)
        .outerjoin(biddings, biddings.c.auction_id == auctions.c.id)
        .where(
            created > after_ms,
            created < before_ms,
            biddings.c.auction_id.is_(None),
            auctions.c.closed_at_ms.is_(None),
        )
    )
    return list(conn.execute(query.order_by(created).limit(limit)).scalars())


def incomplete(conn: Connection, *, fetched_before_ms: int, limit: int) -> list[str]:
    """URLs of biddings that count more bids than are known here, or fewer: one was retracted."""
    query = (
        select(biddings.c.url)
        .where(
            biddings.c.known_bids != biddings.c.bid_count,
            biddings.c.fetched_at_ms < fetched_before_ms,
        )
        .limit(limit)
    )
    return list(conn.execute(query).scalars())


def long_unfetched(conn: Connection, *, now_ms: int, limit: int) -> list[str]:
    """URLs of biddings that are not closed and were not fetched for long, the oldest first: for
    an hour, or for a tenth of the time that is left, but a minute at least.

    | time left | 10 h and more | 5 h    | 30 min | 10 min and less |
    |-----------|---------------|--------|--------|-----------------|
    | after     | 1 h           | 30 min | 3 min  | 1 min           |
    """
    age_ms = now_ms - biddings.c.fetched_at_ms
    query = (
        select(biddings.c.url)
        .where(
            biddings.c.status != "closed",
            biddings.c.fetched_at_ms < now_ms - MINUTE_MS,
            or_(age_ms > HOUR_MS, age_ms * 10 > biddings.c.ends_at_ms - now_ms),
        )
        .order_by(biddings.c.fetched_at_ms)
        .limit(limit)
    )
    return list(conn.execute(query).scalars())


def just_started(conn: Connection, *, now_ms: int, limit: int) -> list[str]:
    """URLs of biddings that were still to start when they were last fetched, and have by now."""
    query = (
        select(biddings.c.url)
        .join(auctions, auctions.c.id == biddings.c.auction_id)
        .where(
            biddings.c.status == "scheduled",
            auctions.c.starts_at_ms <= now_ms,
            biddings.c.fetched_at_ms < auctions.c.starts_at_ms,
        )
        .limit(limit)
    )
    return list(conn.execute(query).scalars())
