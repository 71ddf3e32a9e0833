"""What moderators decided, and the appeals against it."""

from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update

from auction_app.db import readable
from auction_app.db.tables import auctions, decisions, participations, placed_tickets
from auction_app.errors import NotFound
from auction_app.moderation.model import Decision


def add(conn: Connection, decision: Decision) -> None:
    """Store a new decision."""
    conn.execute(insert(decisions).values(vars(decision)))


def by_id(conn: Connection, decision_id: str) -> Decision:
    """The decision. Raises NotFound."""
    found = _read(conn, select(decisions).where(decisions.c.id == decision_id))
    if not found:
        raise NotFound("no such decision")
    return found[0]


def locked(conn: Connection, decision_id: str) -> Decision:
    """The decision, which nobody else changes until this transaction ends. Raises NotFound."""
    found = _read(conn, select(decisions).where(decisions.c.id == decision_id).with_for_update())
    if not found:
        raise NotFound("no such decision")
    return found[0]


def in_force_on(conn: Connection, auction_id: str, seller_id: str) -> list[Decision]:
    """What holds about an item, or about its seller's account; the oldest first."""
    mine = (decisions.c.auction_id == auction_id) & decisions.c.message_id.is_(None)
    account = (decisions.c.customer_id == seller_id) & (decisions.c.action == "ban")
    query = select(decisions).where(mine | account, decisions.c.lifted_at_ms.is_(None))
    return _read(conn, query.order_by(decisions.c.at_ms))


def in_force_on_message(conn: Connection, message_id: str) -> Decision | None:
    """The decision that keeps a message from its two sides."""
    query = select(decisions).where(
        decisions.c.message_id == message_id, decisions.c.lifted_at_ms.is_(None)
    )
    return next(iter(_read(conn, query)), None)


def bans_of(conn: Connection, customer_id: str) -> list[Decision]:
    """The bans of an account that hold."""
    query = select(decisions).where(
        decisions.c.customer_id == customer_id,
        decisions.c.action == "ban",
        decisions.c.lifted_at_ms.is_(None),
    )
    return _read(conn, query)


def about(conn: Connection, customer_id: str, *, limit: int) -> list[Decision]:
    """All that was decided about a customer and the customer's items, the latest first."""
    query = select(decisions).where(decisions.c.customer_id == customer_id)
    return _read(conn, query.order_by(decisions.c.at_ms.desc()).limit(limit))


def appealed(conn: Connection, *, limit: int) -> list[Decision]:
    """Appeals that wait for an answer, the oldest first."""
    query = select(decisions).where(
        decisions.c.appealed_at_ms.is_not(None), decisions.c.answered_at_ms.is_(None)
    )
    return _read(conn, query.order_by(decisions.c.appealed_at_ms).limit(limit))


def lift(conn: Connection, decision_id: str, *, now_ms: int) -> None:
    """It holds no longer; an appeal against it is answered by that."""
    answered = func.coalesce(decisions.c.answered_at_ms, now_ms)
    conn.execute(
        update(decisions)
        .where(decisions.c.id == decision_id, decisions.c.lifted_at_ms.is_(None))
        .values(lifted_at_ms=now_ms, answered_at_ms=answered)
    )


def appeal(conn: Connection, decision_id: str, text: str, *, now_ms: int) -> None:
    """Note why somebody thinks that it is wrong."""
    _set(conn, decision_id, appeal=text, appealed_at_ms=now_ms)


def reject(conn: Connection, decision_id: str, answer: str, *, now_ms: int) -> None:
    """Note why it stands."""
    _set(conn, decision_id, answer=answer, answered_at_ms=now_ms)


def open_auctions_of(conn: Connection, seller_id: str) -> list[str]:
    """Ids of a seller's auctions whose bidding was not seen closed."""
    mine = (auctions.c.seller_id == seller_id, auctions.c.closed_at_ms.is_(None))
    return list(conn.execute(select(auctions.c.id).where(*mine)).scalars())


def open_auctions_with(conn: Connection, bidder_id: str) -> list[str]:
    """Ids of the auctions in which a customer has bid, or may have: a bid is on its way."""
    bid = select(participations.c.auction_id).where(participations.c.customer_id == bidder_id)
    sent = select(placed_tickets.c.auction_id).where(
        placed_tickets.c.customer_id == bidder_id, placed_tickets.c.result.is_(None)
    )
    there = auctions.c.id.in_(bid.union(sent))
    query = select(auctions.c.id).where(there, auctions.c.closed_at_ms.is_(None))
    return list(conn.execute(query.order_by(auctions.c.id)).scalars())


def _set(conn: Connection, decision_id: str, **values: Any) -> None:
    conn.execute(update(decisions).where(decisions.c.id == decision_id).values(values))


def _read(conn: Connection, query: Select[Any]) -> list[Decision]:
    return readable.rows_of(conn, query, decisions, Decision)
