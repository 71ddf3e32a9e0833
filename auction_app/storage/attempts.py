"""How often something was done, so that nobody does it too often."""

from sqlalchemy import Connection, delete, func, insert, select

from auction_app.storage.tables import attempts


def count(conn: Connection, subject: str, *, since_ms: int) -> int:
    """Attempts of a subject since then."""
    found = (
        select(func.count())
        .select_from(attempts)
        .where(attempts.c.subject == subject, attempts.c.at_ms > since_ms)
    )
    return conn.execute(found).scalar_one()


def note(conn: Connection, subjects: list[str], *, now_ms: int, keep_since_ms: int) -> None:
    """Note an attempt for each subject, and forget their old ones."""
    conn.execute(
        delete(attempts).where(attempts.c.subject.in_(subjects), attempts.c.at_ms <= keep_since_ms)
    )
    conn.execute(insert(attempts), [{"subject": subject, "at_ms": now_ms} for subject in subjects])
