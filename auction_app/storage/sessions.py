"""Signed-in browsers, and failed attempts to become one."""

from sqlalchemy import Connection, delete, func, insert, select

from auction_app.model import Session
from auction_app.storage.customers import as_customer
from auction_app.storage.tables import customers, failed_sign_ins, sessions


def add(
    conn: Connection, *, token_digest: str, customer_id: str, now_ms: int, expires_at_ms: int
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
        )
    )


def find(conn: Connection, token_digest: str) -> Session | None:
    """The session of a token, expired or not."""
    row = conn.execute(
        select(customers, sessions.c.expires_at_ms)
        .join_from(sessions, customers)
        .where(sessions.c.token_digest == token_digest)
    ).first()
    return Session(customer=as_customer(row), expires_at_ms=row.expires_at_ms) if row else None


def remove(conn: Connection, token_digest: str) -> None:
    """End a session; it may be gone already."""
    conn.execute(delete(sessions).where(sessions.c.token_digest == token_digest))


def count_failures(conn: Connection, subject: str, *, since_ms: int) -> int:
    """Failed sign-ins of a subject since then."""
    found = (
        select(func.count())
        .select_from(failed_sign_ins)
        .where(failed_sign_ins.c.subject == subject, failed_sign_ins.c.at_ms > since_ms)
    )
    return conn.execute(found).scalar_one()


def add_failure(conn: Connection, subjects: list[str], *, now_ms: int, keep_since_ms: int) -> None:
    """Note a failed sign-in for each subject, and forget their old ones."""
    conn.execute(
        delete(failed_sign_ins).where(
            failed_sign_ins.c.subject.in_(subjects), failed_sign_ins.c.at_ms <= keep_since_ms
        )
    )
    conn.execute(
        insert(failed_sign_ins), [{"subject": subject, "at_ms": now_ms} for subject in subjects]
    )
