"""Signed-in browsers."""

from typing import Any, get_args

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from auction_app.accounts.model import Session
from auction_app.accounts.repository.customers import as_customer
from auction_app.db.tables import customers, notices, sessions
from auction_app.factors.model import ProvedBy

# Built once: for so small a query, building it costs more than running it.
_UNREAD = (
    select(func.count())
    .where(notices.c.customer_id == customers.c.id, notices.c.read_at_ms.is_(None))
    .correlate(customers)
    .scalar_subquery()
)
_FIND = (
    select(customers, sessions.c.expires_at_ms, sessions.c.proved_by, _UNREAD.label("unread"))
    .join_from(sessions, customers)
    .where(
        sessions.c.token_digest == bindparam("token_digest"),
        customers.c.banned_at_ms.is_(None),
        customers.c.deleted_at_ms.is_(None),
    )
)


def add(
    conn: Connection,
    *,
    token_digest: str,
    customer_id: str,
    agent: str,
    proved_by: ProvedBy,
    now_ms: int,
    expires_at_ms: int,
) -> None:
    """Open a session, and clear away a customer's expired ones."""
    conn.execute(
        delete(sessions).where(
            sessions.c.customer_id == customer_id, sessions.c.expires_at_ms <= now_ms
        )
    )
    conn.execute(
        insert(sessions).values(
            token_digest=token_digest,
            customer_id=customer_id,
            created_at_ms=now_ms,
            expires_at_ms=expires_at_ms,
            agent=agent,
            proved_by=proved_by,
        )
    )


def find(conn: Connection, token_digest: str) -> Session | None:
    """The session of a token, expired or not; None for an account that was closed or deleted."""
    row = conn.execute(_FIND, {"token_digest": token_digest}).first()
    if row is None:
        return None
    return Session(
        customer=as_customer(row),
        expires_at_ms=row.expires_at_ms,
        unread=row.unread,
        proved_by=row.proved_by,
    )


def remove(conn: Connection, token_digest: str) -> None:
    """End a session; it may be gone already."""
    conn.execute(delete(sessions).where(sessions.c.token_digest == token_digest))


def of_customer(
    conn: Connection, customer_id: str, *, now_ms: int
) -> list[tuple[str, str, int, ProvedBy]]:
    """(digest, agent, opened at ms, how its owner proved who they are) of a customer's sessions
    that are still good, newest first. One whose row is spoilt is there, too, to be ended."""
    query = (
        select(sessions)
        .where(sessions.c.customer_id == customer_id, sessions.c.expires_at_ms > now_ms)
        .order_by(sessions.c.created_at_ms.desc(), sessions.c.token_digest)
    )
    return [
        (row.token_digest, row.agent, _opened_at_ms(row), _proved_by(row))
        for row in conn.execute(query)
    ]


def _opened_at_ms(row: Row[Any]) -> int:
    return row.created_at_ms if isinstance(row.created_at_ms, int) else 0


def _proved_by(row: Row[Any]) -> ProvedBy:
    return row.proved_by if row.proved_by in get_args(ProvedBy) else "password"


def prove(conn: Connection, customer_id: str, proved_by: ProvedBy) -> None:
    """Note of a customer's sessions by password or code how they are proved from now on."""
    theirs = (sessions.c.customer_id == customer_id, sessions.c.proved_by != "passkey")
    conn.execute(update(sessions).where(*theirs).values(proved_by=proved_by))


def remove_of(conn: Connection, customer_id: str, *, keep: str | None = None) -> None:
    """End all sessions of a customer, except the one of the digest `keep`."""
    theirs = delete(sessions).where(sessions.c.customer_id == customer_id)
    conn.execute(theirs.where(sessions.c.token_digest != keep) if keep else theirs)
