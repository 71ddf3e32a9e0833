"""Signed-in browsers."""

from sqlalchemy import Connection, delete, insert, select

from auction_app.model import Session
from auction_app.storage.customers import as_customer
from auction_app.storage.tables import customers, sessions


def add(
    conn: Connection,
    *,
    token_digest: str,
    customer_id: str,
    agent: str,
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
        )
    )


def find(conn: Connection, token_digest: str) -> Session | None:
    """The session of a token, expired or not; None for an account that was closed or deleted."""
    row = conn.execute(
        select(customers, sessions.c.expires_at_ms)
        .join_from(sessions, customers)
        .where(
            sessions.c.token_digest == token_digest,
            customers.c.banned_at_ms.is_(None),
            customers.c.deleted_at_ms.is_(None),
        )
    ).first()
    return Session(customer=as_customer(row), expires_at_ms=row.expires_at_ms) if row else None


def remove(conn: Connection, token_digest: str) -> None:
    """End a session; it may be gone already."""
    conn.execute(delete(sessions).where(sessions.c.token_digest == token_digest))


def of_customer(conn: Connection, customer_id: str, *, now_ms: int) -> list[tuple[str, str, int]]:
    """(digest, agent, opened at ms) of a customer's sessions that are still good, newest first."""
    query = (
        select(sessions)
        .where(sessions.c.customer_id == customer_id, sessions.c.expires_at_ms > now_ms)
        .order_by(sessions.c.created_at_ms.desc(), sessions.c.token_digest)
    )
    return [(row.token_digest, row.agent, row.created_at_ms) for row in conn.execute(query)]


def remove_of(conn: Connection, customer_id: str, *, keep: str | None = None) -> None:
    """End all sessions of a customer, except the one of the digest `keep`."""
    theirs = delete(sessions).where(sessions.c.customer_id == customer_id)
    conn.execute(theirs.where(sessions.c.token_digest != keep) if keep else theirs)
