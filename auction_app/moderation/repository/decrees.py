"""What bids_service is to be told, in the order in which it was decided."""

import secrets

from sqlalchemy import Connection, insert, select, update

from auction_app.db import readable
from auction_app.db.tables import decrees
from auction_app.errors import SpoiltRow
from auction_app.moderation.model import Decree, What


def add(
    conn: Connection,
    decision_id: str,
    auction_id: str,
    what: What,
    *,
    bidder_id: str | None = None,
    now_ms: int,
) -> None:
    """Have bids_service told, in the transaction of the decision."""
    conn.execute(
        insert(decrees).values(
            key=secrets.token_hex(16),
            decision_id=decision_id,
            auction_id=auction_id,
            what=what,
            bidder_id=bidder_id,
            failures=0,
            due_at_ms=now_ms,
        )
    )


def waiting(conn: Connection) -> list[Decree]:
    """All that bids_service has not been told yet, the oldest first; without what is spoilt, and
    what was decided later about the same auction."""
    columns = [decrees.c[name] for name in Decree.__dataclass_fields__]
    query = select(*columns).where(decrees.c.done_at_ms.is_(None)).order_by(decrees.c.number)
    found: list[Decree] = []
    held: set[str] = set()
    for row in conn.execute(query):
        if row.auction_id not in held:
            try:
                found.append(readable.one(decrees, row, readable.maker(Decree)))
            except SpoiltRow:
                held.add(row.auction_id)
    return found


def of_decision(conn: Connection, decision_id: str, what: What) -> list[tuple[str, str | None]]:
    """Auctions, and bidders if any, that a decision had something done to."""
    query = select(decrees.c.auction_id, decrees.c.bidder_id).where(
        decrees.c.decision_id == decision_id, decrees.c.what == what
    )
    return [(row.auction_id, row.bidder_id) for row in conn.execute(query.distinct())]


def ends(conn: Connection, auction_id: str) -> bool:
    """Whether bids_service was told to end this bidding, or is to be."""
    query = select(decrees.c.key).where(
        decrees.c.auction_id == auction_id, decrees.c.what == "end", decrees.c.refused.is_(None)
    )
    return conn.execute(query.limit(1)).first() is not None


def settle(conn: Connection, key: str, *, refused: str | None, now_ms: int) -> None:
    """It was told; `refused` is why bids_service would not, if it would not."""
    values = {"done_at_ms": now_ms, "refused": refused}
    conn.execute(update(decrees).where(decrees.c.key == key).values(values))


def put_off(conn: Connection, decree: Decree, *, until_ms: int) -> None:
    """Tell it again later."""
    values = {"failures": decree.failures + 1, "due_at_ms": until_ms}
    conn.execute(update(decrees).where(decrees.c.key == decree.key).values(values))
